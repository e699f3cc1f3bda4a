using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerDepthwiseConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Sums_are_exact_and_saturate_once(string instructions) =>
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
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift,
                    IntegerStorage storage, bool wide) = @case;
                long[] expected = Cases.PerSample(
                    image, g.InputShape.Size, sample => Naive.Convolve(g, sample, weights, shift, bits, null, true));
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, storage);
                IntegerDepthwiseConvolution convolution = new(g, weights, shift, range, bits, InstructionSets.Choose(instructions));
                SumCases.Check(expected, convolution.OutputRange, wide, batch, output => convolution.Run(input, output, batch));
                DividedCases.Check(
                    expected,
                    convolution.OutputRange,
                    g.OutputChannels,
                    batch,
                    (output, share, finish) => convolution.Run(input, output, batch, share, finish));
            },
            iter: 600);

    [Theory]
    [EachInstructionSet]
    public void Sums_beyond_32_and_53_bits_are_exact(string instructions) =>
        (from bits in Gen.OneOf<(int Input, int Weight, int Sum)>((16, 8, 27), (30, 8, 40), (32, 22, 60))
         let g = ConvolutionGeometry.Create(new Shape(4, 4, 33), (3, 3), (1, 1), (1, 1), Padding.Same, 33)
         let most = 1 << bits.Weight
         from image in Cases.Integers(ValueRange.OfBits(bits.Input), g.InputShape.Size)
         from weights in Gen.OneOf(Gen.Int[-most, most], Gen.OneOf(-most, most - 1)).Array[9 * 33]
         select (g, bits, image, weights)).Sample(
            (g, bits, image, weights) =>
            {
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, IntegerStorage.Int64);
                long[] expected = Naive.Convolve(g, image, weights, null, bits.Sum, null, true);
                IntegerDepthwiseConvolution convolution = new(
                    g, weights, null, ValueRange.OfBits(bits.Input), bits.Sum, InstructionSets.Choose(instructions));
                SumCases.Check(expected, convolution.OutputRange, true, 1, output => convolution.Run(input, output, 1));
            },
            iter: 30);
}
