using AkidaQuant.Akida.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>Stored kernels meet the input turned around (convert.md 6.2).</summary>
public sealed class KernelFlipTests
{
    private const int Height = 5;
    private const int Width = 4;
    private const int Channels = 2;

    private static readonly Gen<(int[] Image, int[] Kernel, int[] Mix)> Cases = Gen.Select(
        Gen.Int[0, 15].Array[Height * Width * Channels], Gen.Int[-7, 7].Array[9 * Channels], Gen.Int[-7, 7].Array[Channels]);

    [Fact]
    public void Convolutional_and_Conv2D_turn_their_kernels() => Cases.Sample((image, kernel, mix) =>
    {
        long[] expected = [.. Convolve(image, kernel).Chunk(Channels).Select(pair => pair.Sum())];
        NdArray<sbyte> weights = Emulation.Weights([3, 3, Channels, 1], kernel);
        AkidaModel first = Emulation.Model(
            AkidaVersion.V1,
            Input,
            new AkidaConvolutional
            {
                Name = "layer",
                Inbounds = ["input"],
                Filters = 1,
                KernelSize = (3, 3),
                WeightsBits = 4,
                Activation = false,
                Variables = Emulation.Variables(("weights", weights)),
            });
        AkidaModel second = Emulation.Model(
            AkidaVersion.V2,
            Input,
            new AkidaConv2D
            {
                Name = "layer",
                Inbounds = ["input"],
                Filters = 1,
                KernelSize = 3,
                OutputBits = 28,
                Activation = ActivationType.NoActivation,
                Variables = Emulation.Variables(("weights", weights)),
            });
        return Emulation.Potentials(first, Emulation.Run(first, image)).SequenceEqual(expected)
            && Emulation.Potentials(second, Emulation.Run(second, image)).SequenceEqual(expected);
    });

    [Fact]
    public void SeparableConvolutional_turns_its_depthwise_kernel_then_mixes_and_sums() =>
        Cases.Sample(
            (image, kernel, mix) =>
            {
                long expected = Convolve(image, kernel).Select((value, index) => value * mix[index % Channels]).Sum();
                AkidaModel model = Emulation.Model(
                    AkidaVersion.V1,
                    Input,
                    new AkidaSeparableConvolutional
                    {
                        Name = "layer",
                        Inbounds = ["input"],
                        Filters = 1,
                        KernelSize = (3, 3),
                        WeightsBits = 4,
                        PoolType = PoolType.Average,
                        Activation = false,
                        Variables = Emulation.Variables(
                            ("weights", Emulation.Weights([3, 3, Channels, 1], kernel)),
                            ("weights_pw", Emulation.Weights([1, 1, Channels, 1], mix))),
                    });
                return Emulation.Potentials(model, Emulation.Run(model, image)).SequenceEqual([expected]);
            });

    private static AkidaInputData Input => new() { Name = "input", InputShape = new Shape(Height, Width, Channels) };

    /// <summary>Every channel convolved on its own, zeros outside, channels last.</summary>
    private static long[] Convolve(int[] image, int[] kernel)
    {
        long[] sums = new long[image.Length];
        for (int i = 0; i < sums.Length * 9; i++)
        {
            (int index, int tap) = (i / 9, i % 9);
            int c = index % Channels;
            int y = (index / Channels / Width) + 1 - (tap / 3);
            int x = (index / Channels % Width) + 1 - (tap % 3);
            if (y is >= 0 and < Height && x is >= 0 and < Width)
            {
                sums[index] += image[(((y * Width) + x) * Channels) + c] * kernel[(tap * Channels) + c];
            }
        }

        return sums;
    }
}
