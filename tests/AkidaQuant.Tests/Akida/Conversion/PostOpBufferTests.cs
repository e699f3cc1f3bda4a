using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Products and sums behind the accumulator saturate where those of the quantized model do (convert.md 6.1).</summary>
public sealed class PostOpBufferTests
{
    private const int Narrow = 18;

    private static readonly InputLayer Image = Networks.Image() with { Type = IntegerType.Int8 };

    private static readonly QuantizedConv2D Sums = NarrowSums(Networks.Conv("conv"));

    private static readonly QuantizedConv2D Keys = Sums with { OutputQuantizer = Quantizer(11, Narrow) };

    private static readonly QuantizedActivation Table = new() { Name = "gelu", Function = "gelu", Settings = [] };

    private static readonly QuantizedGlobalAveragePooling2D Pool = new()
    {
        Name = "pool",
        Settings = new QuantSettings { ["buffer_bitwidth"] = Narrow },
    };

    private static readonly Dictionary<string, Func<int, Layer[]>> Tails = new()
    {
        ["a table"] = bits => [Keys with { OutputQuantizer = Quantizer(11, bits) }, Table],
        ["a table and a quantizer"] = bits =>
            [Keys with { OutputQuantizer = Quantizer(11, bits) }, Table with { OutputQuantizer = Quantizer(8, bits) }],
        ["an average"] = bits => [Sums, Pool with { Settings = Buffer(bits) }],
        ["an average and a quantizer"] = bits => [Sums, Pool with { Settings = Buffer(bits), OutputQuantizer = Quantizer(8, bits) }],
    };

    public static TheoryData<string> Cases => [.. Tails.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_buffer_saturates_as_in_the_quantized_model(string tail)
    {
        int[] narrow = Potentials(Tails[tail](Narrow));
        Assert.NotEqual(Potentials(Tails[tail](32)), narrow);
    }

    [Fact]
    public void Buffers_of_different_widths_in_one_layer_are_refused()
    {
        Layer[][] mixed =
        [
            [Keys, Table with { OutputQuantizer = Quantizer(8, 32) }],
            [Sums, Pool with { OutputQuantizer = Quantizer(8, 32) }],
            [Keys, Table, Pool with { Settings = Buffer(32) }],
        ];
        Assert.All(mixed, tail =>
            Assert.Equal("AkidaBufferBits", Assert.Throws<QuantException>(() => Convert(Networks.Chain([Image, .. tail]))).Id));
    }

    /// <summary>The integers of the emulator, compared with those of the quantized model.</summary>
    private static int[] Potentials(Layer[] tail)
    {
        Model quantized = Networks.Chain([Image, .. tail]);
        AkidaModel akida = Convert(quantized);
        SampleSet samples = SampleSet.FromArray(
            Enumerable.Range(0, 4 * 64).Select(i => i < 64 ? sbyte.MaxValue : (sbyte)((i * 37 % 256) - 128)).ToArray(),
            Image.Shape);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, akida, samples);
        Assert.Equal(0, comparison.DifferentPotentials);
        return
        [
            .. Emulator
                .RunPotentials(akida, samples, cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
    }

    private static AkidaModel Convert(Model quantized) => AkidaConverter.Convert(quantized, AkidaVersion.V2);

    private static OutputQuantizer Quantizer(int bits, int buffer) =>
        new()
        {
            Bitwidth = bits,
            BufferBitwidth = buffer,
            RangeMax = NdArray<float>.Scalar(200f),
        };

    private static QuantizedConv2D NarrowSums(QuantizedConv2D layer)
    {
        QuantSettings settings = layer.Settings!.Clone();
        settings["buffer_bitwidth"] = Narrow;
        return layer with { Settings = settings };
    }

    private static QuantSettings Buffer(int bits) => new() { ["buffer_bitwidth"] = bits };
}
