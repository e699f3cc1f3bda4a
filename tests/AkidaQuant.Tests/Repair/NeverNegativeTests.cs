using AkidaQuant.Layers;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Which tensors are known to hold no negative value.</summary>
public sealed class NeverNegativeTests
{
    [Fact]
    public void What_keeps_rectified_values_keeps_them_from_being_negative()
    {
        Graph graph = new Graph(8, 8, 2).Conv("conv", 1, 2, 2).ReLU("relu").MaxPool("pool").Pad("zeros", (1, 1), (1, 1))
            .Rescale("scaled", [0.5], [1])
            .Conv("ones", 1, 2, 2, with: own => own with { UseBias = false });
        Model model = graph.Add(new Concatenate { Name = "join" }, "scaled", "zeros").Sum("sum", "join", "join").Build()
            .WithLayers(layer => layer.Name == "ones" ? ((Conv2D)layer) with { Kernel = ((Conv2D)layer).Kernel.Map(Math.Abs) } : layer);
        NeverNegative found = new(model);
        Assert.All(["relu", "pool", "zeros", "scaled", "join", "sum"], name => Assert.True(found.Holds(name)));
        Assert.All(["in", "conv"], name => Assert.False(found.Holds(name)));
    }

    [Fact]
    public void Weights_biases_offsets_and_slopes_below_zero_are_doubts()
    {
        Model model = new Graph(8, 8, 2).Conv("conv", 1, 2, 2).ReLU("relu")
            .Conv("weights", 1, 2, 2, ["relu"]).Rescale("offset", [1], [-1])
            .Add(new ReLU { Name = "leaky", NegativeSlope = 0.1f }, "conv")
            .Add(new Concatenate { Name = "join" }, "relu", "leaky").Build("weights", "offset", "join");
        NeverNegative found = new(model);
        Assert.All(["weights", "offset", "leaky", "join"], name => Assert.False(found.Holds(name)));
    }

    [Theory]
    [InlineData(IntegerType.UInt8, true)]
    [InlineData(IntegerType.Int8, false)]
    public void Typed_inputs_say_it_themselves(IntegerType type, bool expected)
    {
        Model model = new Graph(8, 8, 2).MaxPool("pool").Build()
            .WithLayers(layer => layer is InputLayer input ? input with { Type = type } : layer);
        Assert.Equal(expected, new NeverNegative(model).Holds("pool"));
    }
}
