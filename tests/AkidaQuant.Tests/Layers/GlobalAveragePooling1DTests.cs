using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The mean over all steps.</summary>
public sealed class GlobalAveragePooling1DTests() : GlobalPooling1DTests<GlobalAveragePooling1D>([2, 3.5f]);
