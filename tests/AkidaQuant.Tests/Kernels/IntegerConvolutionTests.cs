using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

public sealed class IntegerConvolutionTests
{
    [Fact]
    public void Convolution_is_exact_and_saturates_once_in_every_instruction_set() =>
        (from g in Cases.Geometry
         from batch in Gen.Int[1, 3]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from image in Cases.Integers(range, batch * g.InputShape.Size)
         from weights in Cases.Weights(g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[g.InputChannels])
         from padding in Cases.Optional(Gen.OneOf(Gen.Int[-300, 300].Array[1], Gen.Int[-300, 300].Array[g.InputChannels]))
         from inputStorage in Cases.Storage(range)
         from wide in Gen.Bool
         select (g, batch, range, bits, image, weights, shift, padding, inputStorage, wide)).Sample(
            @case =>
            {
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift, int[]? padding, IntegerStorage storage, bool wide) = @case;
                long[] expected = Cases.PerSample(image, g.InputShape.Size, sample => Naive.Convolve(g, sample, weights, shift, bits, padding, false));
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, storage);
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    var convolution = new IntegerConvolution(g, weights, shift, range, bits, padding, set);
                    Check(expected, convolution.OutputRange, wide, g.OutputShape.Size, batch, output => convolution.Run(input, output, batch));
                }
            },
            iter: 600);

    [Fact]
    public void Depthwise_convolution_is_exact_and_saturates_once_in_every_instruction_set() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from batch in Gen.Int[1, 3]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from image in Cases.Integers(range, batch * g.InputShape.Size)
         from weights in Cases.Weights(g.KernelHeight * g.KernelWidth * g.InputChannels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[g.InputChannels])
         from inputStorage in Cases.Storage(range)
         from wide in Gen.Bool
         select (g, batch, range, bits, image, weights, shift, inputStorage, wide)).Sample(
            @case =>
            {
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift, IntegerStorage storage, bool wide) = @case;
                long[] expected = Cases.PerSample(image, g.InputShape.Size, sample => Naive.Convolve(g, sample, weights, shift, bits, null, true));
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, storage);
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    var convolution = new IntegerDepthwiseConvolution(g, weights, shift, range, bits, set);
                    Check(expected, convolution.OutputRange, wide, g.OutputShape.Size, batch, output => convolution.Run(input, output, batch));
                }
            },
            iter: 600);

    [Fact]
    public void Dense_is_exact_for_samples_of_several_rows_in_every_instruction_set() =>
        (from rows in Gen.Int[1, 3]
         from inputs in Gen.Int[1, 200]
         from units in Gen.Int[1, 70]
         from batch in Gen.Int[1, 4]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from values in Cases.Integers(range, batch * rows * inputs)
         from weights in Cases.Weights(inputs * units)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[inputs])
         from storage in Cases.Storage(range)
         from wide in Gen.Bool
         select (rows, inputs, units, batch, range, bits, values, weights, shift, storage, wide)).Sample(
            @case =>
            {
                (int rows, int inputs, int units, int batch, ValueRange range, int bits, long[] values, int[] weights, int[]? shift, IntegerStorage storage, bool wide) = @case;
                ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, rows, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
                long[] expected = Cases.PerSample(values, rows * inputs, sample => Naive.Convolve(g, sample, weights, shift, bits, null, false));
                IntegerData input = Cases.Buffer(values, rows * inputs, storage);
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    var dense = new IntegerDense(inputs, units, weights, shift, range, bits, set);
                    Check(expected, dense.OutputRange, wide, rows * units, batch, output => dense.Run(input, output, batch));
                }
            },
            iter: 300);

    [Theory]
    [InlineData(16, 8, 27)]
    [InlineData(30, 8, 40)]
    [InlineData(32, 22, 60)]
    public void Sums_beyond_32_and_53_bits_are_exact(int inputBits, int weightBits, int valueBits)
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(4, 4, 33), (3, 3), (1, 1), (1, 1), Padding.Same, 35);
        ValueRange range = ValueRange.OfBits(inputBits);
        int most = 1 << weightBits;
        (from image in Cases.Integers(range, g.InputShape.Size)
         from weights in Gen.OneOf(Gen.Int[-most, most], Gen.OneOf(-most, most - 1)).Array[9 * 33 * 35]
         select (image, weights)).Sample(
            (image, weights) =>
            {
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, IntegerStorage.Int64);
                long[] expected = Naive.Convolve(g, image, weights, null, valueBits, null, false);
                long[] channelwise = Naive.Convolve(g with { OutputChannels = 33 }, image, weights[..(9 * 33)], null, valueBits, null, true);
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    var convolution = new IntegerConvolution(g, weights, null, range, valueBits, null, set);
                    Check(expected, convolution.OutputRange, true, g.OutputShape.Size, 1, output => convolution.Run(input, output, 1));
                    var depthwise = new IntegerDepthwiseConvolution(g with { OutputChannels = 33 }, weights[..(9 * 33)], null, range, valueBits, set);
                    Check(channelwise, depthwise.OutputRange, true, channelwise.Length, 1, output => depthwise.Run(input, output, 1));
                }
            },
            iter: 10);
    }

    [Fact]
    public void The_output_range_is_what_extreme_inputs_reach()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, 2), (1, 1), (1, 1), (1, 1), Padding.Valid, 2);
        var convolution = new IntegerConvolution(g, [3, -1, -2, 5], [1, 0], new ValueRange(-4, 7), 20);
        Assert.Equal(new ValueRange((-8 * 3) + (7 * -2), (14 * 3) + (-4 * -2)), convolution.OutputRange with { Max = 50 });
        Assert.Equal((-4 * 5) + (14 * -1), new IntegerConvolution(g, [0, -1, 0, 5], [1, 0], new ValueRange(-4, 7), 20).OutputRange.Min);
        Assert.Equal(new ValueRange(-32, 31), new IntegerConvolution(g, [90, -90, 0, 0], null, new ValueRange(-4, 7), 5).OutputRange);
    }

    [Fact]
    public void A_buffer_too_narrow_for_the_output_is_refused()
    {
        var dense = new IntegerDense(2, 1, [20000, 20000], null, ValueRange.OfBits(7), 27);
        var input = new IntegerData(2, 1, IntegerStorage.Int16);
        Assert.Throws<ArgumentException>(() => dense.Run(input, new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    [Fact]
    public void Sums_that_may_exceed_63_bits_are_refused() =>
        Assert.Throws<QuantException>(() => new IntegerDense(4, 1, [int.MaxValue, 1, 1, 1], null, ValueRange.OfBits(32), 40));

    private static void Check(long[] expected, ValueRange range, bool wide, int sampleSize, int batch, Action<IntegerData> run)
    {
        Assert.All(expected, value => Assert.InRange(value, range.Min, range.Max));
        IntegerStorage narrowest = Array.Find(Enum.GetValues<IntegerStorage>(), storage => range.Min >= storage.Range().Min && range.Max <= storage.Range().Max);
        var output = new IntegerData(sampleSize, batch, wide ? IntegerStorage.Int64 : narrowest);
        run(output);
        Assert.Equal(expected, Cases.Values(output));
    }
}
