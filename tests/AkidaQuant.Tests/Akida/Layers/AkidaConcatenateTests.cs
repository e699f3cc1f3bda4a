using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>The channels of two tensors behind each other.</summary>
public sealed class AkidaConcatenateTests
{
    private static readonly AkidaConcatenate Plain = new() { Name = "layer" };

    [Fact]
    public void Channels_are_joined()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 2, 2), AkidaLayerRun.Bytes(1, 2, 1));
        Assert.Equal([1, 2, 5, 3, 4, 6], run.Run([1, 2, 3, 4], [5, 6]));
        Assert.Equal((new Shape(1, 2, 3), 8, true), (run.Output.Shape, run.Output.Bits, run.Output.IsSigned));
        Assert.Equal(("Concatenate", 2), (Plain.TypeName, Plain.InboundCount));
        Assert.Empty(Plain.Parameters);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedSpec image = AkidaLayerRun.Bytes(1, 2, 1);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "the same rows and columns", Plain, image, AkidaLayerRun.Bytes(2, 2, 1));
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "the same rows and columns", Plain, image, AkidaLayerRun.Bytes(2, 1));
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "8 bits signed and 8 bits unsigned", Plain, image, AkidaLayerRun.Pixels(1, 2, 1));
    }
}
