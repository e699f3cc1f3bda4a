using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The least of values in the same place.</summary>
public sealed class MinimumTests() : MergeLayerTests<Minimum>(new Minimum { Name = "layer" }, [1, -5, 2], [1, 2, 3, 3], [-2, 2]);
