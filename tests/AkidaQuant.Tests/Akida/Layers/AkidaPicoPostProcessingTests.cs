using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: the mean distance of two sequences against a threshold.</summary>
public sealed class AkidaPicoPostProcessingTests
{
    private static readonly AkidaPicoPostProcessing Plain = new()
    {
        Name = "layer",
        Variables = Emulation.Variables(("threshold", (int[])[2]), ("input_scales", (byte[])[3, 1]), ("input_shift", (sbyte[])[-1, 0])),
    };

    /// <summary>The predictions are 3 and 6, and 5 and 6, once scaled: distances of 1 and 3, and of 1 and 2.</summary>
    [Fact]
    public void Predictions_are_scaled_and_compared()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 2, 2), AkidaLayerRun.Bytes(1, 2, 2));
        Assert.Equal([1, 0], run.Run([2, 5, 4, 6], [2, 4, 3, 4]));
        Assert.Equal((new Shape(1, 1, 2), 1, false), (run.Output.Shape, run.Output.Bits, run.Output.IsSigned));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal(("PicoPostProcessing", 2), (Plain.TypeName, Plain.InboundCount));
        Assert.Equal("buffer_bits=44", AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedSpec sequence = AkidaLayerRun.Bytes(1, 2, 2);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "(1, 2, 2) and (1, 3, 2)", Plain, sequence, AkidaLayerRun.Bytes(1, 3, 2));
        AkidaLayerRun.Refuses("AkidaInputFloat", "Only a Quantizer takes floats", Plain, sequence, new FloatSpec(sequence.Shape));
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "'input_scales' must have 1 or 2 values",
            AkidaLayerRun.With(Plain, "input_scales", (byte[])[1, 2, 3]),
            sequence,
            sequence);
    }
}
