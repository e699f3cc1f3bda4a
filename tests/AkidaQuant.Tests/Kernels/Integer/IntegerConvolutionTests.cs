using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Sums_are_exact_and_saturate_once(string instructions) =>
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
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift, int[]? padding,
                    IntegerStorage storage, bool wide) = @case;
                long[] expected = Cases.PerSample(
                    image, g.InputShape.Size, sample => Naive.Convolve(g, sample, weights, shift, bits, padding, false));
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, storage);
                IntegerConvolution convolution = new(g, weights, shift, range, bits, padding, InstructionSets.Choose(instructions));
                SumCases.Check(expected, convolution.OutputRange, wide, batch, output => convolution.Run(input, output, batch));
            },
            iter: 600);

    [Theory]
    [EachInstructionSet]
    public void Areas_of_zeros_have_the_sums_of_zeros(string instructions) =>
        (from size in Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int[128, 140])
         from kernel in Gen.OneOf(1, 2, 3)
         from filters in Gen.OneOf(Gen.Int[60, 90], Gen.Int[1, 90])
         let g = ConvolutionGeometry.Create(
             new Shape(size.Item1, size.Item2, size.Item3 / (kernel * kernel)), (kernel, kernel), (1, 1), (1, 1), Padding.Same, filters)
         from range in Gen.OneOf(new ValueRange(0, 255), new ValueRange(-128, 127), new ValueRange(-3000, 3000))
         from weights in Gen.Int[-127, 127].Array[kernel * kernel * g.InputChannels * filters]
         from padding in Cases.Optional(Gen.Int[-3, 3].Array[1])
         from image in Cases.Integers(range, 2 * g.InputShape.Size)
         from zeros in Gen.OneOf(Gen.Const((0, image.Length)), Gen.Select(Gen.Int[0, image.Length], Gen.Int[0, image.Length]))
         from others in Gen.Int[0, image.Length - 1].Array[0, 3]
         select (g, range, weights, padding, image, zeros, others)).Sample(
            (g, range, weights, padding, image, zeros, others) =>
            {
                // A value here and there keeps its tile from being skipped.
                long[] values = [.. image];
                (int start, int end) = (Math.Min(zeros.Item1, zeros.Item2), Math.Max(zeros.Item1, zeros.Item2));
                values.AsSpan(start..end).Clear();
                foreach (int other in others)
                {
                    values[other] = image[other];
                }

                long[] expected = Cases.PerSample(
                    values, g.InputShape.Size, sample => Naive.Convolve(g, sample, weights, null, 31, padding, false));
                IntegerData input = Cases.Buffer(values, g.InputShape.Size, range.Storage);
                IntegerConvolution convolution = new(g, weights, null, range, 31, padding, InstructionSets.Choose(instructions));
                SumCases.Check(expected, convolution.OutputRange, true, 2, output => convolution.Run(input, output, 2));
            },
            iter: 60);

    [Theory]
    [EachInstructionSet]
    public void Sums_beyond_32_and_53_bits_are_exact(string instructions) =>
        (from bits in Gen.OneOf<(int Input, int Weight, int Sum)>((16, 8, 27), (30, 8, 40), (32, 22, 60))
         let g = ConvolutionGeometry.Create(new Shape(4, 4, 33), (3, 3), (1, 1), (1, 1), Padding.Same, 35)
         let most = 1 << bits.Weight
         from image in Cases.Integers(ValueRange.OfBits(bits.Input), g.InputShape.Size)
         from weights in Gen.OneOf(Gen.Int[-most, most], Gen.OneOf(-most, most - 1)).Array[9 * 33 * 35]
         select (g, bits, image, weights)).Sample(
            (g, bits, image, weights) =>
            {
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, IntegerStorage.Int64);
                long[] expected = Naive.Convolve(g, image, weights, null, bits.Sum, null, false);
                IntegerConvolution convolution = new(
                    g, weights, null, ValueRange.OfBits(bits.Input), bits.Sum, null, InstructionSets.Choose(instructions));
                SumCases.Check(expected, convolution.OutputRange, true, 1, output => convolution.Run(input, output, 1));
            },
            iter: 30);

    [Theory]
    [EachInstructionSet]
    public void Shares_make_up_the_whole_with_and_without_a_finish(string instructions) =>
        (from g in Cases.Geometry
         from batch in Gen.Int[1, 3]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from image in Cases.Integers(range, batch * g.InputShape.Size)
         from weights in Cases.Weights(g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[g.InputChannels])
         from storage in Cases.Storage(range)
         from count in DividedCases.Count
         select (g, batch, range, bits, image, weights, shift, storage, count)).Sample(
            @case =>
            {
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift,
                    IntegerStorage storage, int count) = @case;
                long[] sums = Cases.PerSample(
                    image, g.InputShape.Size, sample => Naive.Convolve(g, sample, weights, shift, bits, null, false));
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, storage);
                IntegerConvolution convolution = new(g, weights, shift, range, bits, null, InstructionSets.Choose(instructions));
                DividedCases.Check(
                    sums, convolution.OutputRange, g.OutputChannels, batch, count, (output, share, finish) =>
                        convolution.Run(input, output, batch, share, finish));
            },
            iter: 200);

    [Fact]
    public void A_diagonal_gives_the_sums_of_the_whole_matrix_however_it_moves() =>
        (from g in Cases.Geometry
         let size = Math.Max(g.InputChannels, 2)
         let cell = ConvolutionGeometry.Create(
             new Shape(g.InputHeight, g.InputWidth, size), (1, 1), (g.StrideHeight, g.StrideWidth), (1, 1), Padding.Explicit, size,
             new EdgePads(g.PadTop, g.PadTop, g.PadLeft, g.PadLeft))
         from image in Cases.Integers(ValueRange.OfBits(7), cell.InputShape.Size)
         from factors in Cases.Weights(size)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[size])
         from padding in Cases.Optional(Gen.Int[-300, 300].Array[size])
         select (cell, image, factors, shift, padding)).Sample(
            given =>
            {
                NdArray<int> weights = DiagonalMatrix.Of(given.factors);
                long[] expected = Naive.Convolve(given.cell, given.image, weights.Values, given.shift, 27, given.padding, false);
                IntegerConvolution convolution = new(given.cell, weights, given.shift, ValueRange.OfBits(7), 27, given.padding);
                IntegerData input = Cases.Buffer(given.image, given.cell.InputShape.Size, IntegerStorage.Int16);
                SumCases.Check(expected, convolution.OutputRange, false, 1, output => convolution.Run(input, output, 1));
            },
            iter: 300);

    [Fact]
    public void The_output_range_is_what_extreme_inputs_reach()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, 2), (1, 1), (1, 1), (1, 1), Padding.Valid, 2);
        var convolution = new IntegerConvolution(g, [3, -1, -2, 5], [1, 0], new ValueRange(-4, 7), 20);
        Assert.Equal(new ValueRange((-8 * 3) + (7 * -2), (14 * 3) + (-4 * -2)), convolution.OutputRange with { Max = 50 });
        Assert.Equal((-4 * 5) + (14 * -1), new IntegerConvolution(g, [0, -1, 0, 5], [1, 0], new ValueRange(-4, 7), 20).OutputRange.Min);
        Assert.Equal(new ValueRange(-32, 31), new IntegerConvolution(g, [90, -90, 0, 0], null, new ValueRange(-4, 7), 5).OutputRange);
    }
}
