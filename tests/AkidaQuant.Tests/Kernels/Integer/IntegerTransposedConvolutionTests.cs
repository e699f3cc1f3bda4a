using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerTransposedConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Sums_are_exact_and_saturate_once(string instructions) =>
        (from g in Cases.Geometry
         from batch in Gen.Int[1, 3]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from image in Cases.Integers(range, batch * g.OutputShape.Size)
         from weights in Cases.Weights(g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[g.OutputChannels])
         from storage in Cases.Storage(range)
         select (g, batch, range, bits, image, weights, shift, storage)).Sample(
            (g, batch, range, bits, image, weights, shift, storage) =>
            {
                long[] expected = Cases.PerSample(
                    image, g.OutputShape.Size, sample => Naive.Scatter(g, sample, weights, shift, bits, depthwise: false));
                IntegerData input = Cases.Buffer(image, g.OutputShape.Size, storage);
                IntegerTransposedConvolution convolution = new(g, weights, shift, range, bits, InstructionSets.Choose(instructions));
                SumCases.Check(expected, convolution.OutputRange, false, batch, output => convolution.Run(input, output, batch));
                DividedCases.Check(
                    expected,
                    convolution.OutputRange,
                    g.InputChannels,
                    batch,
                    (output, share, finish) => convolution.Run(input, output, batch, share, finish));
            },
            iter: 400);

    [Theory]
    [EachInstructionSet]
    public void Sums_beyond_32_and_53_bits_are_exact(string instructions) =>
        (from bits in Gen.OneOf<(int Input, int Weight, int Sum)>((16, 16, 40), (32, 22, 60))
         let g = ConvolutionGeometry.Create(new Shape(5, 4, 18), (3, 2), (1, 2), (1, 1), Padding.Same, 17)
         let most = 1 << bits.Weight
         from image in Cases.Integers(ValueRange.OfBits(bits.Input), g.OutputShape.Size)
         from weights in Gen.OneOf(Gen.Int[-most, most], Gen.OneOf(-most, most - 1)).Array[6 * 18 * 17]
         select (g, bits, image, weights)).Sample(
            (g, bits, image, weights) =>
            {
                IntegerData input = Cases.Buffer(image, g.OutputShape.Size, IntegerStorage.Int64);
                IntegerTransposedConvolution convolution = new(
                    g, weights, null, ValueRange.OfBits(bits.Input), bits.Sum, InstructionSets.Choose(instructions));
                SumCases.Check(
                    Naive.Scatter(g, image, weights, null, bits.Sum, depthwise: false),
                    convolution.OutputRange,
                    true,
                    1,
                    output => convolution.Run(input, output, 1));
            },
            iter: 30);
}
