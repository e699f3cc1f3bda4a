using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Akida;

/// <summary>The examples of convert.md 7 and akida-model.md 1.3 and 3.2, with layers made by hand.</summary>
public sealed class AkidaModelTests
{
    [Fact]
    public void E1_input_convolution_convolution_dequantizer()
    {
        int[] f0 = [0, 0, 0, 0, 127, 32, 0, -16, 64];
        int[] f1 = [0, 0, 0, 0, -64, 95, 0, 38, -127];
        int[] ch0 = [107, 80, 53, 27, 0, -27, -53, -80, -107];
        int[] ch1 = [-99, -71, -42, -14, 14, 42, 71, 99, 127];
        Array.Reverse(ch1);
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputConv2D
            {
                Name = "first",
                InputShape = new Shape(3, 3, 1),
                Filters = 2,
                KernelSize = 3,
                BufferBits = 28,
                Variables = Emulation.Variables(
                    ("weights", Emulation.Weights([3, 3, 1, 2], [.. f0.Zip(f1).SelectMany(pair => (int[])[pair.First, pair.Second])])),
                    ("bias", (sbyte[])[101, -101]),
                    ("bias_shift", (byte[])[5, 4]),
                    ("max_value", (byte[])[253, 253]),
                    ("max_value_shift", (byte[])[7, 7]),
                    ("output_scales", (byte[])[129, 244]),
                    ("output_shift", (sbyte[])[-15, -16])),
            },
            new AkidaConv2D
            {
                Name = "second",
                Inbounds = ["first"],
                Filters = 1,
                KernelSize = 3,
                Activation = ActivationType.NoActivation,
                OutputBits = 28,
                Variables = Emulation.Variables(
                    ("weights", Emulation.Weights([3, 3, 2, 1], [.. ch0.Zip(ch1).SelectMany(pair => (int[])[pair.First, pair.Second])])),
                    ("bias", (sbyte[])[106]),
                    ("bias_shift", (byte[])[5])),
            },
            new AkidaDequantizer
            {
                Name = "floats",
                Inbounds = ["second"],
                Variables = Emulation.Variables(("scales", (float[])[5.889437306905165e-05f])),
            });

        PlanRunner runner = Emulation.Run(model, 0, 28, 56, 84, 112, 140, 168, 196, 224);

        Assert.Equal([39, 62, 32, 108, 127, 69, 121, 127, 125], Emulation.Channel(runner[0], 0, 2));
        Assert.Equal([0, 0, 0, 0, 0, 0, 23, 27, 0], Emulation.Channel(runner[0], 1, 2));
        Assert.Equal([27295, 26470, 13969, 29390, 25764, 9417, -7094, -21817, -19524], Emulation.Potentials(model, runner));
        Assert.Equal(1.607521891593933f, ((FloatData)runner.Output).Values(1)[0]);
    }

    [Fact]
    public void E3_depthwise_convolution_with_stride_2()
    {
        int[] k0 = [14, 28, 42, 56, 71, 85, 99, 113, 127];
        int[] k1 = [-64, 64, -64, 64, 127, 64, -64, 64, -64];
        int[] c0 = [0, 14, 28, 42, 56, 70, 84, 98, 112];
        int[] c1 = [7, 22, 36, 51, 65, 80, 95, 109, 124];
        Array.Reverse(k0);
        Array.Reverse(k1);
        NdArray<sbyte> weights = Emulation.Weights([3, 3, 2, 1], [.. k0.Zip(k1).SelectMany(pair => (int[])[pair.First, pair.Second])]);
        AkidaInputData input = new() { Name = "input", InputShape = new Shape(3, 3, 2), InputBits = 8, InputSigned = true };
        AkidaDepthwiseConv2D scaled = new()
        {
            Name = "depthwise",
            Inbounds = ["input"],
            KernelSize = 3,
            KernelStride = 2,
            Variables = Emulation.Variables(
                ("weights", weights),
                ("output_scales", (byte[])[199, 172]),
                ("output_shift", (sbyte[])[-16, -15])),
        };
        AkidaDepthwiseConv2D raw = scaled with
        {
            Activation = ActivationType.NoActivation,
            OutputBits = 28,
            Variables = Emulation.Variables(("weights", weights)),
        };
        int[] sample = [.. c0.Zip(c1).SelectMany(pair => (int[])[pair.First, pair.Second])];

        Assert.Equal(
            [13048, 1401, 16226, 6940, 17822, 18145, 16184, 23684],
            Emulation.Integers(Emulation.Run(Emulation.Model(AkidaVersion.V2, input, raw), sample).Output));
        Assert.Equal(
            [40, 7, 49, 36, 54, 95, 49, 124],
            Emulation.Integers(Emulation.Run(Emulation.Model(AkidaVersion.V2, input, scaled), sample).Output));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void Exclusive_or_in_Akida_2(int a, int b, int expected)
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputData { Name = "input", InputShape = new Shape(1, 1, 2), InputBits = 8, InputSigned = true },
            new AkidaDense1D
            {
                Name = "hidden",
                Inbounds = ["input"],
                Units = 2,
                Activation = ActivationType.ReLU,
                Variables = Emulation.Variables(("weights", Emulation.Weights([2, 2], 1, 1, 1, 1)), ("bias", (sbyte[])[0, -1])),
            },
            new AkidaDense1D
            {
                Name = "output",
                Inbounds = ["hidden"],
                Units = 1,
                Variables = Emulation.Variables(("weights", Emulation.Weights([2, 1], 1, -2))),
            },
            new AkidaDequantizer { Name = "floats", Inbounds = ["output"] });

        Assert.Equal([(float)expected], ((FloatData)Emulation.Run(model, a, b).Output).Values(1).ToArray());
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void Exclusive_or_in_Akida_1_fires_only_above_the_threshold(int a, int b, int expected)
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V1,
            new AkidaInputData { Name = "input", InputShape = new Shape(1, 1, 2) },
            new AkidaFullyConnected
            {
                Name = "hidden",
                Inbounds = ["input"],
                Units = 2,
                Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 2, 2], 1, 1, 1, 1)), ("threshold", (int[])[0, 1])),
            },
            new AkidaFullyConnected
            {
                Name = "output",
                Inbounds = ["hidden"],
                Units = 1,
                WeightsBits = 2,
                Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 2, 1], 1, -1)), ("threshold", (int[])[0])),
            });

        Assert.Equal([expected], Emulation.Integers(Emulation.Run(model, a, b).Output));
    }
}
