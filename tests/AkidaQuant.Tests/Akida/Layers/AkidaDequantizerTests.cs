using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>Integers times their scales.</summary>
public sealed class AkidaDequantizerTests
{
    private static readonly AkidaDequantizer Plain = new() { Name = "layer" };

    [Fact]
    public void Scales_are_1_unless_they_are_given()
    {
        QuantizedSpec row = AkidaLayerRun.Bytes(1, 1, 2);
        Assert.Equal([3, -4], new AkidaLayerRun(Plain, row).Dequantize(3, -4));
        Assert.Equal([1.5f, -2], new AkidaLayerRun(AkidaLayerRun.With(Plain, "scales", (float[])[.5f]), row).Dequantize(3, -4));
        AkidaLayerRun run = new(AkidaLayerRun.With(Plain, "scales", (float[])[.5f, 3]), row);
        Assert.Equal([1.5f, -12], run.Dequantize(3, -4));
        Assert.True(run.IsFloat);
        Assert.Equal("Dequantizer", Plain.TypeName);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.Refuses("AkidaInputFloat", "Only a Quantizer takes floats", Plain, new FloatSpec(new Shape(2)));
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "'scales' must have 1 or 2 values",
            AkidaLayerRun.With(Plain, "scales", (float[])[1, 2, 3]),
            AkidaLayerRun.Bytes(1, 1, 2));
    }
}
