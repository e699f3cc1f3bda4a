using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The greatest of values in the same place.</summary>
public sealed class MaximumTests() : MergeLayerTests<Maximum>(new Maximum { Name = "layer" }, [4, -2, 3], [2, 2, 3, 4], [4, 9]);
