using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Random sizes and values for kernels.</summary>
internal static class Cases
{
    /// <summary>Images, kernels, strides, dilations and paddings of every kind, unequal sides included.</summary>
    public static Gen<ConvolutionGeometry> Geometry { get; } =
        from size in Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9])
        from kernel in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4])
        from stride in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from dilation in Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2])
        from channels in Gen.Select(Gen.OneOf(Gen.Int[1, 9], Gen.Int[15, 36]), Gen.OneOf(Gen.Int[1, 9], Gen.Int[30, 70]))
        from padding in Gen.Enum<Padding>()
        from pads in Pads
        let height = size.Item1 + (padding == Padding.Explicit ? pads.Top + pads.Bottom : 0)
        let width = size.Item2 + (padding == Padding.Explicit ? pads.Left + pads.Right : 0)
        let fits = height > (kernel.Item1 - 1) * dilation.Item1 && width > (kernel.Item2 - 1) * dilation.Item2
        let image = new Shape(size.Item1, size.Item2, channels.Item1)
        select ConvolutionGeometry.Create(image, kernel, stride, dilation, fits ? padding : Padding.Same, channels.Item2, pads);

    /// <summary>Amounts of padding, larger ones than kernels among them.</summary>
    public static Gen<EdgePads> Pads => Gen.Int[0, 5].Array[4].Select(sides => new EdgePads(sides[0], sides[1], sides[2], sides[3]));

    /// <summary>Magnitude bits of sums.</summary>
    public static Gen<int> ValueBits { get; } = Gen.OneOf(Gen.Int[16, 27], Gen.Const(31), Gen.Const(40));

    /// <summary>One of the storages that hold the range.</summary>
    public static Gen<IntegerStorage> Storage(ValueRange range) => Gen.OneOf(Array.FindAll(
        Enum.GetValues<IntegerStorage>(), storage => range.Min >= storage.Range().Min && range.Max <= storage.Range().Max));

    /// <summary>Integers of the range, its ends often among them.</summary>
    public static Gen<long[]> Integers(ValueRange range, int count) =>
        Gen.Frequency((3, Gen.Long[range.Min, range.Max]), (1, Gen.OneOf(range.Min, range.Max))).Array[count];

    /// <summary>Ranges of inputs: typed ones, signed and unsigned ones of 1 to 16 bits.</summary>
    public static Gen<ValueRange> Range { get; } = Gen.Select(Gen.Int[1, 16], Gen.Bool, (bits, signed) =>
        signed ? ValueRange.OfBits(bits - 1) : new ValueRange(0, (1L << bits) - 1));

    /// <summary>Weights of a number of bits, extreme ones often among them.</summary>
    public static Gen<int[]> Weights(int count) => Gen.Int[2, 17].SelectMany(bits =>
    {
        int most = (1 << (bits - 1)) - 1;
        return Gen.Frequency((3, Gen.Int[-most - 1, most]), (1, Gen.OneOf(-most - 1, most))).Array[count];
    });

    /// <summary>A value or null.</summary>
    public static Gen<T?> Optional<T>(Gen<T> gen)
        where T : class => Gen.Bool.SelectMany(some => some ? gen.Select(value => (T?)value) : Gen.Const((T?)null));

    /// <summary>A buffer that holds the values.</summary>
    public static IntegerData Buffer(long[] values, int sampleSize, IntegerStorage storage)
    {
        int batch = values.Length / sampleSize;
        var data = new IntegerData(sampleSize, batch, storage);
        var wide = new IntegerData(sampleSize, batch, IntegerStorage.Int64);
        values.CopyTo(wide.Values<long>(batch));
        IntegerCopy.Copy(wide, data, batch);
        return data;
    }

    /// <summary>The values of a whole buffer.</summary>
    public static long[] Values(IntegerData data)
    {
        var values = new long[data.SampleSize * data.Capacity];
        data.CopyTo(values, data.Capacity);
        return values;
    }

    /// <summary>The naive result of each sample, one after the other.</summary>
    public static T[] PerSample<T>(T[] input, int sampleSize, Func<T[], T[]> compute) => [.. input.Chunk(sampleSize).SelectMany(compute)];
}
