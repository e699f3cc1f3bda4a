using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Borders of values that no Akida layer has (convert.md 3.4), as a Rescaling with an offset leaves them behind.</summary>
public sealed class OffsetBordersTests
{
    /// <summary>Typed samples that a Rescaling shifts, in front of a convolution that pads.</summary>
    [Theory]
    [InlineData(IntegerType.Int8, 3, 0.02, -0.4, true)]
    [InlineData(IntegerType.Int8, 4, 0.02, 0.4, false)]
    [InlineData(IntegerType.UInt8, 3, 0.02, 0.3, true)]
    [InlineData(IntegerType.UInt8, 3, 0.02, -9.5, true)]
    [InlineData(IntegerType.UInt8, 5, 0.02, -2, true)]
    public void An_identity_takes_the_value_away(IntegerType type, int channels, double scale, double offset, bool isRectified)
    {
        Model model = Shifted(type, channels, [scale], [offset], isRectified);
        Model repaired = RepairCase.Check(model);
        Assert.DoesNotContain(repaired.GraphLayers, layer => layer is PaddedConv2D { PaddingValue: not null });
    }

    [Fact]
    public void Values_may_differ_from_channel_to_channel() =>
        RepairCase.Check(Shifted(IntegerType.Int8, 3, [0.02, 0.01, 0.03], [0.5, -0.25, 0], isRectified: true));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_border_among_the_bytes_of_an_image_stays(bool isRectified) =>
        RepairCase.CheckUntouched(Shifted(IntegerType.UInt8, 3, [0.02], [-2], isRectified));

    private static Model Shifted(IntegerType type, int channels, double[] scale, double[] offset, bool isRectified)
    {
        Graph graph = new Graph(6, 7, channels).Add(new Rescaling { Name = "rescale", Scale = scale, Offset = offset })
            .Conv("a", 3, channels, 4, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) });
        graph = isRectified ? graph.ReLU("relu") : graph.Add(new TableActivation { Name = "table", Function = "swish" });
        return graph.Conv("b", 1, 4, 3).Build()
            .WithLayers(layer => layer is InputLayer input ? input with { Type = type } : layer);
    }
}
