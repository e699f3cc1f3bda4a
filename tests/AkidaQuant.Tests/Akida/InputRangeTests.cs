using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida;

/// <summary>akida-model.md 3.2: samples outside of what the input layer takes are refused, each by an error of its own.</summary>
public sealed class InputRangeTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(4, 15)]
    public void Inputs_of_few_bits_stay_within_them(int bits, int most)
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Dense(), ], inputBits: bits);
        Assert.Equal([most], Run(model, (byte[])[0, (byte)most]));
        string part = $"holds {most + 1}, but the model 'net' takes unsigned {bits}-bit";
        Refused(model, "SampleTypeMismatch", part, (byte[])[0, (byte)(most + 1)]);
        Refused(model, "SampleTypeMismatch", "holds -1", (sbyte[])[0, -1]);
    }

    [Fact]
    public void Bytes_with_a_sign_stay_within_them()
    {
        AkidaModel model = AkidaModelEdit.Create(
            "net",
            [
                new AkidaDense1D
                {
                    Name = "dense",
                    Units = 1,
                    OutputBits = 28,
                    Variables = Emulation.Variables(("weights", Emulation.Weights([2, 1], 1, 1))),
                },
            ]);
        Assert.Equal([-1], Run(model, (sbyte[])[-128, 127]));
        Refused(model, "SampleTypeMismatch", "holds 128, but the model 'net' takes signed 8-bit", (byte[])[0, 128]);
        Refused(model, "SampleTypeMismatch", "holds -129", (short[])[0, -129]);
        Refused(model, "SampleValueInvalid", "0.5", (float[])[0, 0.5f]);
    }

    [Fact]
    public void Images_are_bytes()
    {
        AkidaModel model = AkidaModelEdit.Create(
            "net",
            [
                new AkidaInputConv2D
                {
                    Name = "conv",
                    InputShape = new Shape(1, 2, 1),
                    Filters = 1,
                    KernelSize = 1,
                    OutputBits = 32,
                    Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 1, 1], 1))),
                },
            ]);
        Assert.Equal([0, 255], Run(model, (byte[])[0, 255]));
        Refused(model, "SampleTypeMismatch", "takes unsigned 8-bit", (sbyte[])[0, -1]);
        Refused(model, "SampleTypeMismatch", "holds 256", (short[])[0, 256]);
    }

    [Fact]
    public void Samples_of_another_shape_are_refused()
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Dense()]);
        QuantException error = Assert.Throws<QuantException>(
            () => Emulator.Run(model, SampleSet.FromArray((byte[])[1, 2, 3], new Shape(1, 1, 3))).ToList());
        Assert.Equal("SampleShapeMismatch", error.Id);
    }

    private static AkidaFullyConnected Dense() => new()
    {
        Name = "dense",
        Units = 1,
        Activation = false,
        Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 2, 1], 1, 1))),
    };

    private static int[] Run(AkidaModel model, Array sample) =>
        Emulator.RunPotentials(model, SampleSet.FromArray(sample, model.InputShape)).Single().Values;

    private static void Refused(AkidaModel model, string id, string part, Array sample)
    {
        QuantException error = Assert.Throws<QuantException>(() => Run(model, sample));
        Assert.Equal(id, error.Id);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
