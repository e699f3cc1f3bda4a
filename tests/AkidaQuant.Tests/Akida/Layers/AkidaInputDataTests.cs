using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>Where integers enter a model.</summary>
public sealed class AkidaInputDataTests
{
    private static readonly AkidaInputData Plain = new() { Name = "layer", InputShape = new Shape(1, 1, 3) };

    [Fact]
    public void Integers_pass()
    {
        Assert.Equal([1, 15, 0], new AkidaLayerRun(Plain, Plain.ModelInput).Run([1, 15, 0]));
        Assert.Equal(
            (4, false, new ValueRange(0, 15)),
            (((QuantizedSpec)Plain.ModelInput).Bits, ((QuantizedSpec)Plain.ModelInput).IsSigned, ((QuantizedSpec)Plain.ModelInput).Range));
        QuantizedSpec signed = (QuantizedSpec)(Plain with { InputBits = 8, InputSigned = true }).ModelInput;
        Assert.Equal((8, true, new ValueRange(-128, 127)), (signed.Bits, signed.IsSigned, signed.Range));
    }

    [Fact]
    public void It_is_of_both_versions()
    {
        Assert.Equal(("InputData", null), (Plain.TypeName, Plain.Version));
        Assert.Equal("input_shape=(1, 1, 3) input_bits=4", AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void Floats_are_refused() =>
        AkidaLayerRun.Refuses("AkidaInputFloat", "Only a Quantizer takes floats", Plain, new FloatSpec(new Shape(1, 1, 3)));
}
