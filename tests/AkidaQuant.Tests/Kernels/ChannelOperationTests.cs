using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

public sealed class ChannelOperationTests
{
    private static readonly Gen<ValueRange> Range = Gen.OneOf(
        Cases.Range, Gen.OneOf(27, 31, 32, 40).Select(ValueRange.OfBits));

    private static readonly Gen<(int Channels, int Batch, int Positions)> Sizes = Gen.Select(
        Gen.Int[1, 40], Gen.Int[1, 3], Gen.Frequency((5, Gen.Int[1, 9]), (1, Gen.Const(200))));

    [Fact]
    public void Output_scaling_multiplies_saturates_rounds_half_up_and_clamps() =>
        (from sizes in Sizes
         from range in Range
         from values in Cases.Integers(range, sizes.Channels * sizes.Batch * sizes.Positions)
         from inputStorage in Cases.Storage(range)
         let largest = range.Magnitude <= 1L << 32 ? 1 << 30 : 1 << 22
         from scales in Cases.Optional(Gen.OneOf(Gen.Int[0, 255], Gen.Int[-70000, 70000], Gen.Int[-largest, largest]).Array[sizes.Channels])
         from shifts in Gen.OneOf(Gen.Int[-28, 2], Gen.Int[-70, 70]).Array[sizes.Channels]
         from scaledBits in Gen.OneOf(27, 32, 45, 61)
         from outputRange in Gen.OneOf(Cases.Range, Gen.OneOf(ValueRange.OfBits(31), ValueRange.OfBits(62)))
         from outputStorage in Cases.Storage(outputRange)
         select (sizes, values, inputStorage, scales, shifts, scaledBits, outputRange, outputStorage)).Sample(
            @case =>
            {
                (var sizes, long[] values, IntegerStorage inputStorage, int[]? scales, int[] shifts, int scaledBits, ValueRange range, IntegerStorage outputStorage) = @case;
                Check(sizes, values, inputStorage, outputStorage, set => new OutputScaling(sizes.Channels, scales, shifts, scaledBits, range, set).Run, (value, c) =>
                {
                    Int128 product = scales is null ? value : Naive.Saturate((Int128)value * scales[c], scaledBits);
                    Int128 shifted = shifts[c] >= 0 ? product << Math.Min(shifts[c], 64) : shifts[c] < -100 ? 0 : (product + (Int128.One << (-shifts[c] - 1))) >> -shifts[c];
                    return (long)Int128.Clamp(shifted, range.Min, range.Max);
                });
            },
            iter: 2000);

    [Fact]
    public void Output_scaling_does_not_round_products_that_a_double_does_not_hold()
    {
        // 2^60 - 1, shifted by 61 just below a half; as a double it would be 2^60 and a half.
        long[] values = new long[16];
        Array.Fill(values, (1L << 30) - 1);
        Check((1, 1, 16), values, IntegerStorage.Int32, IntegerStorage.Int16, set => new OutputScaling(1, [(1 << 30) + 1], [-61], 61, ValueRange.OfBits(7), set).Run, (_, _) => 0);
    }

    [Fact]
    public void Bias_addition_saturates_the_sum() =>
        (from sizes in Sizes
         from bits in Gen.OneOf(15, 27, 31, 32, 40)
         from values in Cases.Integers(ValueRange.OfBits(bits), sizes.Channels * sizes.Batch * sizes.Positions)
         from bias in Gen.OneOf(Gen.Long[-70000, 70000], Gen.Long[-1L << 40, 1L << 40]).Array[sizes.Channels]
         from storage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, bits, values, bias, storage)).Sample(
            (sizes, bits, values, bias, storage) =>
            {
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    IntegerData data = Cases.Buffer(values, sizes.Channels * sizes.Positions, storage);
                    new BiasAddition(bias, bits, set).Run(data, sizes.Batch);
                    Assert.Equal(values.Select((value, i) => Naive.Saturate(value + bias[i % sizes.Channels], bits)), Cases.Values(data));
                }
            },
            iter: 1000);

    [Fact]
    public void Bias_addition_reports_sums_that_the_buffer_cannot_hold()
    {
        foreach (InstructionSet set in InstructionSets.Supported)
        {
            Assert.Throws<OverflowException>(() => new BiasAddition([40000], 27, set).Run(new IntegerData(16, 1, IntegerStorage.Int16), 1));
            Assert.Throws<OverflowException>(() => new BiasAddition([-40000], 27, set).Run(new IntegerData(16, 1, IntegerStorage.Int16), 1));
            Assert.Throws<OverflowException>(() => new BiasAddition([40000], 27, set).Run(new IntegerData(1, 1, IntegerStorage.Int16), 1));
        }
    }

    [Fact]
    public void Rectification_clamps_between_zero_and_the_maximum() =>
        (from sizes in Sizes
         from range in Range
         from values in Cases.Integers(range, sizes.Channels * sizes.Batch * sizes.Positions)
         from storage in Cases.Storage(range)
         from outputStorage in Cases.Storage(range)
         from maximum in Cases.Optional(Gen.OneOf(Gen.Long[0, 1000], Gen.Long[0, 1L << 40]).Array[sizes.Channels])
         select (sizes, values, storage, outputStorage, maximum)).Sample(
            (sizes, values, storage, outputStorage, maximum) => Check(
                sizes, values, storage, outputStorage, set => new Rectification(sizes.Channels, maximum, set).Run, (value, c) =>
                    Math.Min(Math.Max(value, 0), maximum?[c] ?? long.MaxValue)),
            iter: 1000);

    [Fact]
    public void Channel_shift_saturates() =>
        (from sizes in Sizes
         from range in Cases.Range
         from values in Cases.Integers(range, sizes.Channels * sizes.Batch * sizes.Positions)
         from storage in Cases.Storage(range)
         from shifts in Gen.OneOf(Gen.Int[0, 8], Gen.Int[0, 70]).Array[sizes.Channels]
         from bits in Gen.OneOf(7, 15, 27, 31, 32)
         from outputStorage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, values, storage, shifts, bits, outputStorage)).Sample(
            (sizes, values, storage, shifts, bits, outputStorage) => Check(
                sizes, values, storage, outputStorage, set => new ChannelShift(sizes.Channels, shifts, bits, set).Run, (value, c) => Naive.Shift(value, shifts[c], bits)),
            iter: 1000);

    [Fact]
    public void Addition_saturates_shifted_values_and_sums() =>
        (from sizes in Sizes
         from range in Range
         from left in Cases.Integers(range, sizes.Channels * sizes.Batch * sizes.Positions)
         from right in Cases.Integers(range, left.Length)
         from storages in Gen.Select(Cases.Storage(range), Cases.Storage(range))
         from leftShift in Gen.Int[0, 30].Array[sizes.Channels]
         from rightShift in Gen.Int[0, 8].Array[sizes.Channels]
         from bits in Gen.OneOf(15, 27, 31)
         from outputStorage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, left, right, storages, leftShift, rightShift, bits, outputStorage)).Sample(
            (sizes, left, right, storages, leftShift, rightShift, bits, outputStorage) =>
            {
                int sampleSize = sizes.Channels * sizes.Positions;
                IEnumerable<long> expected = left.Select((value, i) => Naive.Saturate(
                    (Int128)Naive.Shift(value, leftShift[i % sizes.Channels], bits) + Naive.Shift(right[i], rightShift[i % sizes.Channels], bits), bits));
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    var output = new IntegerData(sampleSize, sizes.Batch, outputStorage);
                    new SaturatingAddition(sizes.Channels, leftShift, rightShift, bits, set).Run(
                        Cases.Buffer(left, sampleSize, storages.Item1), Cases.Buffer(right, sampleSize, storages.Item2), output, sizes.Batch);
                    Assert.Equal(expected, Cases.Values(output));
                }
            },
            iter: 1000);

    [Fact]
    public void Addition_reports_sums_that_the_buffer_cannot_hold()
    {
        IntegerData large = Cases.Buffer([30000], 1, IntegerStorage.Int16);
        Assert.Throws<OverflowException>(() => new SaturatingAddition(1, [0], [0], 27).Run(large, large, new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    [Fact]
    public void Global_sum_saturates_shifted_values_and_the_sum() =>
        (from sizes in Sizes
         from range in Range
         from values in Cases.Integers(range, sizes.Channels * sizes.Batch * sizes.Positions)
         from storage in Cases.Storage(range)
         from shift in Cases.Optional(Gen.Int[0, 20].Array[sizes.Channels])
         from bits in Gen.OneOf(15, 27, 32)
         from outputStorage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, values, storage, shift, bits, outputStorage)).Sample(
            (sizes, values, storage, shift, bits, outputStorage) =>
            {
                var output = new IntegerData(sizes.Channels, sizes.Batch, outputStorage);
                new GlobalSum(sizes.Positions, sizes.Channels, shift, bits).Run(
                    Cases.Buffer(values, sizes.Channels * sizes.Positions, storage), output, sizes.Batch);
                long[] expected = Cases.PerSample(values, sizes.Channels * sizes.Positions, sample => [.. Enumerable.Range(0, sizes.Channels).Select(c =>
                    Naive.Saturate(sample.Where((_, i) => i % sizes.Channels == c).Aggregate(Int128.Zero, (sum, value) => sum + Naive.Shift(value, shift?[c], bits)), bits))]);
                Assert.Equal(expected, Cases.Values(output));
            },
            iter: 1000);

    [Fact]
    public void Integer_max_pooling_takes_the_greatest_cell_inside_the_image()
    {
        (from sides in Gen.Int[0, 1].Array[4]
         from padding in Gen.Enum<Padding>()
         let g = ConvolutionGeometry.Create(new Shape(5, 4, 3), (3, 2), (2, 2), (1, 1), padding, 3, new EdgePads(sides[0] * 2, sides[1], sides[2] * 2, sides[3]))
         from values in Cases.Integers(new ValueRange(-30000, -3), 2 * g.InputShape.Size)
         from storage in Cases.Storage(ValueRange.OfBits(15))
         select (g, values, storage)).Sample(
            (g, values, storage) =>
            {
                var output = new IntegerData(g.OutputShape.Size, 2, storage);
                new MaxPooling(g).Run(Cases.Buffer(values, g.InputShape.Size, storage), output, 2);
                long[] expected = Cases.PerSample(values, g.InputShape.Size, sample =>
                {
                    var greatest = new long[g.OutputShape.Size];
                    Array.Fill(greatest, long.MinValue);
                    Naive.Windows(g, (position, pixel, _) =>
                    {
                        for (int c = 0; pixel >= 0 && c < 3; c++)
                        {
                            greatest[(position * 3) + c] = Math.Max(greatest[(position * 3) + c], sample[(pixel * 3) + c]);
                        }
                    });
                    return greatest;
                });
                Assert.Equal(expected, Cases.Values(output));
            },
            iter: 100);
    }

    [Fact]
    public void Copies_keep_every_integer_and_report_what_does_not_fit()
    {
        (from range in Range
         from values in Cases.Integers(range, 100)
         from source in Cases.Storage(range)
         from destination in Cases.Storage(range)
         select (values, source, destination)).Sample(
            (values, source, destination) =>
            {
                var copy = new IntegerData(50, 2, destination);
                IntegerCopy.Copy(Cases.Buffer(values, 50, source), copy, 2);
                Assert.Equal(values, Cases.Values(copy));
            },
            iter: 300);
        Assert.Throws<OverflowException>(() => IntegerCopy.Copy(
            Cases.Buffer([32768], 1, IntegerStorage.Int32), new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    private delegate void Kernel(IntegerData input, IntegerData output, int batch);

    private static void Check(
        (int Channels, int Batch, int Positions) sizes, long[] values, IntegerStorage inputStorage, IntegerStorage outputStorage, Func<InstructionSet, Kernel> make, Func<long, int, long> naive)
    {
        int sampleSize = sizes.Channels * sizes.Positions;
        IntegerData input = Cases.Buffer(values, sampleSize, inputStorage);
        long[] expected = [.. values.Select((value, i) => naive(value, i % sizes.Channels))];
        foreach (InstructionSet set in InstructionSets.Supported)
        {
            var output = new IntegerData(sampleSize, sizes.Batch, outputStorage);
            make(set)(input, output, sizes.Batch);
            Assert.Equal(expected, Cases.Values(output));
        }
    }
}
