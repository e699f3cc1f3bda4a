using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The mean of values in the same place.</summary>
public sealed class AverageTests()
    : MergeLayerTests<Average>(new Average { Name = "layer" }, [2.5f, -3.5f, 2.5f], [1.5f, 2, 3, 3.5f], [1, 5]);
