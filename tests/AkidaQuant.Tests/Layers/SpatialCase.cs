using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>A random image of integers, and a window over it.</summary>
internal sealed record SpatialCase
{
    private static readonly Gen<(int, int)> Steps = Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2]);

    /// <summary>Images, windows of every padding, and numbers of every kind.</summary>
    public static Gen<SpatialCase> Any { get; } =
        from size in Gen.Select(Gen.Int[3, 7], Gen.Int[3, 7])
        from channels in Gen.Int[1, 4]
        from kernel in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from strides in Steps
        from dilation in Gen.Frequency((3, Gen.Const((1, 1))), (1, Steps))
        from padding in Gen.Enum<Padding>()
        from pads in Gen.Int[0, 2].Array[4]
        from numbers in Gen.Select(Gen.Int[2, 8], Gen.Int[1, 8], Gen.Int[1, 4], Gen.Bool, Gen.Int[0, 9999])
        from fracBits in Gen.OneOf(Gen.Int[-2, 6].Array[1], Gen.Int[-2, 6].Array[channels])
        let fits = size.Item1 > (kernel.Item1 - 1) * dilation.Item1 && size.Item2 > (kernel.Item2 - 1) * dilation.Item2
        select new SpatialCase
        {
            Input = [size.Item1, size.Item2, channels],
            Window = new ConvolutionWindow
            {
                KernelSize = kernel,
                Strides = strides,
                Dilation = dilation,
                Padding = fits ? padding : Padding.Same,
                Pads = fits && padding == Padding.Explicit ? new EdgePads(pads[0], pads[1], pads[2], pads[3]) : default,
            },
            Bits = numbers.Item1,
            ValueBits = numbers.Item2,
            Filters = numbers.Item3,
            UseBias = numbers.Item4,
            Seed = numbers.Item5,
            FracBits = fracBits,
        };

    public required int[] Input { get; init; }

    public required ConvolutionWindow Window { get; init; }

    public required int Filters { get; init; }

    public required int Bits { get; init; }

    public required int ValueBits { get; init; }

    public required int[] FracBits { get; init; }

    public required bool UseBias { get; init; }

    public required int Seed { get; init; }

    public int Channels => Input[2];

    /// <summary>The image.</summary>
    public QuantizedSpec Integers => LayerRun.Integers(Input, ValueBits, FracBits);

    /// <summary>Random numbers from -1 to 1.</summary>
    public NdArray<float> Values(params int[] dimensions)
    {
        Random random = new(Seed);
        Shape shape = new(dimensions);
        return new NdArray<float>(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => (float)((2 * random.NextDouble()) - 1))]);
    }
}
