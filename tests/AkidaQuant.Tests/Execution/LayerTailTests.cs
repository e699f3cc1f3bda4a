using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Execution;

public sealed class LayerTailTests
{
    private const int Height = 3;
    private const int Width = 4;
    private const int Channels = 3;

    private static readonly Shape Image = new(Height, Width, Channels);

    private enum Kind
    {
        Bias,
        MaxPool,
        Rectification,
        BoundedRectification,
        Scaling,
        Sum,
    }

    /// <summary>Any steps in any order give what plain loops give, from any storage to any, whatever is done in place.</summary>
    [Fact]
    public void Steps_give_what_plain_loops_give() => Gen
        .Select(Gen.Enum<Kind>().Array[0, 6], Gen.Int[1, 3], Gen.Int[4, 40], Gen.Select(Gen.Bool, Gen.Bool), Gen.Int)
        .Sample((kinds, batch, bits, form, seed) =>
        {
            (bool ownInput, bool divided) = form;
            Random random = new(seed);
            ValueRange range = ValueRange.OfBits(bits);
            long[][] samples = [.. Enumerable.Range(0, batch).Select(_ => Values(random, Image.Size, range))];
            LayerTail tail = LayerTail.OfIntegers(Image, range);
            List<Func<Plain, Plain>> plain = [];
            Kind[] first = ownInput ? [Kind.Rectification] : [];
            foreach (Kind kind in first.Concat(kinds))
            {
                Add(kind, tail, plain, random);
            }

            QuantizedSpec output = new(tail.Shape, 62, ScalarOrVector<int>.Scalar(0), null, tail.Range);
            IntegerData input = Fill(new IntegerData(Image.Size, batch, range.Storage), samples);
            PreparedLayer prepared = tail.Prepare(
                output, ownInput ? null : () => divided ? LinearPart.Divided(1, CopyShare) : LinearPart.Whole(CopyAll));
            var result = (IntegerData)TensorData.Allocate(output, batch);
            prepared.CreateOperation()([input], result, batch);

            long[] expected =
            [
                .. samples.SelectMany(sample => plain.Aggregate(new Plain(Height, Width, sample), (values, step) => step(values)).Values),
            ];
            return Read(result, batch).SequenceEqual(expected)
                && expected.All(value => value >= tail.Range.Min && value <= tail.Range.Max)
                && Read(input, batch).SequenceEqual(samples.SelectMany(sample => sample));
        });

    [Fact]
    public void A_table_stands_for_the_integers_that_scaling_gives()
    {
        LayerTail tail = LayerTail.OfIntegers(new Shape(1, 1, 4), ValueRange.OfBits(10));
        tail.AddScaling(null, [-8, -8, -8, -8], 62, new ValueRange(-2, 1));
        tail.AddTable([40, 50, 60, 70]);
        Assert.Equal(new ValueRange(40, 70), tail.Range);
        PreparedLayer prepared = tail.Prepare(new QuantizedSpec(tail.Shape, 7, ScalarOrVector<int>.Scalar(0), null, tail.Range), null);
        IntegerData result = new(4, 1, IntegerStorage.Int16);
        prepared.CreateOperation()([Fill(new IntegerData(4, 1, IntegerStorage.Int16), [[-1000, -200, 100, 900]])], result, 1);
        Assert.Equal([40, 50, 60, 70], result.Values<short>(1).ToArray());
    }

    [Fact]
    public void What_a_layer_says_of_itself_is_kept()
    {
        RecordedVariables recorded = new();
        QuantizedSpec state = new(new Shape(2), 7, ScalarOrVector<int>.Scalar(0));
        LayerTail tail = LayerTail.OfIntegers(new Shape(2), ValueRange.OfBits(7));
        PreparedLayer prepared = tail.Prepare(
            new QuantizedSpec(new Shape(2), 7, ScalarOrVector<int>.Scalar(0)),
            () => LinearPart.Whole((_, _, _) => { }),
            [state],
            recorded,
            macs: 12);
        Assert.Equal([state], prepared.State);
        Assert.Same(recorded, prepared.Recorded);
        Assert.Equal(12, prepared.Macs);
    }

    [Fact]
    public void An_output_of_another_storage_is_a_mistake_of_the_layer()
    {
        LayerTail tail = LayerTail.OfIntegers(new Shape(2), ValueRange.OfBits(20));
        QuantizedSpec narrow = new(new Shape(2), 7, ScalarOrVector<int>.Scalar(0));
        Assert.Throws<ArgumentException>(() => tail.Prepare(narrow, () => LinearPart.Whole((_, _, _) => { })).CreateOperation());
    }

    [Fact]
    public void A_bias_may_bring_wider_sums_into_a_narrow_buffer()
    {
        LayerTail tail = LayerTail.OfIntegers(new Shape(2), ValueRange.OfBits(40));
        tail.AddBias([5, -5], AccumulatorWidth.Saturating(7));
        Assert.Equal(ValueRange.OfBits(7), tail.Range);
        PreparedLayer prepared = tail.Prepare(
            new QuantizedSpec(new Shape(2), 7, ScalarOrVector<int>.Scalar(0)),
            () => LinearPart.Whole(CopyAll));
        IntegerData result = new(2, 2, IntegerStorage.Int16);
        prepared.CreateOperation()([Fill(new IntegerData(2, 2, IntegerStorage.Int64), [[1L << 39, -(1L << 39)], [1, 2]])], result, 2);
        Assert.Equal([127, -128, 6, -3], result.Values<short>(2).ToArray());
    }

    [Fact]
    public void Nothing_to_compute_is_a_mistake_of_the_layer()
    {
        LayerTail tail = LayerTail.OfIntegers(new Shape(2), ValueRange.OfBits(7));
        QuantizedSpec output = new(new Shape(2), 7, ScalarOrVector<int>.Scalar(0));
        Assert.Throws<InvalidOperationException>(() => tail.Prepare(output, null).CreateOperation());
    }

    private static void Add(Kind kind, LayerTail tail, List<Func<Plain, Plain>> plain, Random random)
    {
        switch (kind)
        {
            case Kind.Bias:
                long[] bias = Values(random, Channels, ValueRange.OfBits(30));
                ValueRange limits = ValueRange.OfBits(35);
                tail.AddBias(bias, AccumulatorWidth.Saturating(35));
                plain.Add(values => values.Map((value, channel) => Math.Clamp(value + bias[channel], limits.Min, limits.Max)));
                break;
            case Kind.MaxPool when tail.Shape[0] > 1:
                tail.AddMaxPool(ConvolutionGeometry.Create(tail.Shape, (2, 2), (1, 1), (1, 1), Padding.Valid, Channels));
                plain.Add(values => values.Pool());
                break;
            case Kind.Rectification:
                tail.AddRectification(null);
                plain.Add(values => values.Map((value, _) => Math.Max(value, 0)));
                break;
            case Kind.BoundedRectification:
                long[] most = Values(random, Channels, new ValueRange(0, 100_000));
                tail.AddRectification(most);
                plain.Add(values => values.Map((value, channel) => Math.Min(Math.Max(value, 0), most[channel])));
                break;
            case Kind.Scaling:
                int[] factors = Array.ConvertAll(Values(random, Channels, new ValueRange(0, 255)), value => (int)value);
                int[] shifts = Array.ConvertAll(Values(random, Channels, new ValueRange(-12, 2)), value => (int)value);
                ValueRange range = ValueRange.OfBits(random.Next(2) == 0 ? 7 : 20);
                tail.AddScaling(factors, shifts, 40, range);
                plain.Add(values => values.Map((value, channel) => Scale(value, factors[channel], shifts[channel], range)));
                break;
            case Kind.Sum:
                ValueRange sums = ValueRange.OfBits(38);
                tail.AddSum(new Shape(1, 1, Channels), null, AccumulatorWidth.Saturating(38));
                plain.Add(values => values.Sum().Map((value, _) => Math.Clamp(value, sums.Min, sums.Max)));
                break;
        }
    }

    /// <summary>Times a factor, saturated to 40 bits, times a power of two, half towards +infinity, saturated.</summary>
    private static long Scale(long value, int factor, int shift, ValueRange range)
    {
        ValueRange limits = ValueRange.OfBits(40);
        var product = (long)Int128.Clamp((Int128)value * factor, limits.Min, limits.Max);
        long shifted = shift >= 0 ? product << shift : (product + (1L << (-shift - 1))) >> -shift;
        return Math.Clamp(shifted, range.Min, range.Max);
    }

    private static void CopyAll(ReadOnlySpan<TensorData> inputs, IntegerData sums, int batch) =>
        IntegerCopy.Copy((IntegerData)inputs[0], sums, batch);

    /// <summary>A linear part that finishes its sums itself.</summary>
    private static void CopyShare(
        ReadOnlySpan<TensorData> inputs, IntegerData output, int batch, WorkShare share, IntegerFinish? finish)
    {
        if (finish is not null)
        {
            finish.Run((IntegerData)inputs[0], output, batch, share);
        }
        else if (share.Index == 0)
        {
            CopyAll(inputs, output, batch);
        }
    }

    private static long[] Values(Random random, int count, ValueRange range) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(8) == 0 ? range.Max : random.NextInt64(range.Min, range.Max + 1))];

    private static IntegerData Fill(IntegerData data, long[][] samples)
    {
        IntegerData wide = new(data.SampleSize, data.Capacity, IntegerStorage.Int64);
        samples.SelectMany(sample => sample).ToArray().CopyTo(wide.Values<long>(data.Capacity));
        IntegerCopy.Copy(wide, data, data.Capacity);
        return data;
    }

    private static long[] Read(IntegerData data, int batch)
    {
        long[] values = new long[batch * data.SampleSize];
        data.CopyTo(values, batch);
        return values;
    }

    /// <summary>An image of the plain loops, channels last.</summary>
    private sealed record Plain(int Height, int Width, long[] Values)
    {
        public Plain Map(Func<long, int, long> map) => this with { Values = [.. Values.Select((value, i) => map(value, i % Channels))] };

        public Plain Pool()
        {
            long[] pooled =
            [
                .. from y in Enumerable.Range(0, Height - 1)
                   from x in Enumerable.Range(0, Width - 1)
                   from c in Enumerable.Range(0, Channels)
                   select Math.Max(Math.Max(At(y, x, c), At(y, x + 1, c)), Math.Max(At(y + 1, x, c), At(y + 1, x + 1, c))),
            ];
            return new Plain(Height - 1, Width - 1, pooled);
        }

        public Plain Sum() => new(1, 1, [.. Enumerable.Range(0, Channels).Select(c => Values.Where((_, i) => i % Channels == c).Sum())]);

        private long At(int y, int x, int c) => Values[(((y * Width) + x) * Channels) + c];
    }
}
