using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The maximum over all steps.</summary>
public sealed class GlobalMaxPooling1DTests() : GlobalPooling1DTests<GlobalMaxPooling1D>([3, 5]);
