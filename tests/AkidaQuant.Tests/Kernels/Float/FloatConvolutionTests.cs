using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Every_output_is_the_sum_of_products(string instructions) =>
        (from sizes in Cases.Geometry
         from groups in Gen.Int[1, 3]
         let g = sizes with { InputChannels = sizes.InputChannels * groups, OutputChannels = sizes.OutputChannels * groups }
         from batch in Gen.Int[1, 3]
         from image in FloatCases.Value.Array[batch * g.InputShape.Size]
         from kernel in FloatCases.Value.Array[g.KernelHeight * g.KernelWidth * sizes.InputChannels * g.OutputChannels]
         from bias in Cases.Optional(FloatCases.Value.Array[g.OutputChannels])
         from padding in Cases.Optional(Gen.OneOf(FloatCases.Value.Array[1], FloatCases.Value.Array[g.InputChannels]))
         select (g, groups, batch, image, kernel, bias, padding)).Sample(
            (g, groups, batch, image, kernel, bias, padding) => FloatCases.Check(
                g.OutputShape.Size,
                InstructionSets.Choose(instructions),
                set => FloatCases.Output(
                    batch * g.OutputShape.Size,
                    output => new FloatConvolution(g, kernel, bias, padding, groups, set).Run(image, output, batch)),
                sample => Naive.Convolve(g, FloatCases.Sample(image, sample, g.InputShape.Size), kernel, bias, padding, groups)),
            iter: 300);

    [Theory]
    [EachInstructionSet]
    public void The_bits_are_the_same_whatever_the_batch(string instructions)
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(5, 5, 7), (3, 3), (1, 1), (1, 1), Padding.Same, 19);
        (from image in FloatCases.Value.Array[3 * g.InputShape.Size]
         from kernel in FloatCases.Value.Array[9 * 7 * 19]
         select (image, kernel)).Sample(
            (image, kernel) =>
            {
                var convolution = new FloatConvolution(g, kernel, null, null, 1, InstructionSets.Choose(instructions));
                float[] together = FloatCases.Output(3 * g.OutputShape.Size, output => convolution.Run(image, output, 3));
                float[] alone = Cases.PerSample(
                    image,
                    g.InputShape.Size,
                    sample => FloatCases.Output(g.OutputShape.Size, output => convolution.Run(sample, output, 1)));
                Assert.Equal(alone, together);
            },
            iter: 30);
    }

    [Theory]
    [EachInstructionSet]
    public void Shares_make_up_the_whole_with_and_without_a_finish(string instructions) =>
        (from sizes in Cases.Geometry
         from groups in Gen.Int[1, 3]
         let g = sizes with { InputChannels = sizes.InputChannels * groups, OutputChannels = sizes.OutputChannels * groups }
         from batch in Gen.Int[1, 3]
         from image in FloatCases.Value.Array[batch * g.InputShape.Size]
         from kernel in FloatCases.Value.Array[g.KernelHeight * g.KernelWidth * sizes.InputChannels * g.OutputChannels]
         from count in DividedCases.Count
         select (g, groups, batch, image, kernel, count)).Sample(
            (g, groups, batch, image, kernel, count) =>
            {
                FloatConvolution convolution = new(g, kernel, null, null, groups, InstructionSets.Choose(instructions));
                FloatCases.CheckShares(batch * g.OutputShape.Size, g.OutputChannels, count, (output, share, finish) =>
                    convolution.Run(image, output, batch, share, finish));
            },
            iter: 100);

    [Fact]
    public void Arrays_of_wrong_lengths_are_refused()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(3, 3, 2), (2, 2), (1, 1), (1, 1), Padding.Valid, 5);
        Assert.Throws<ArgumentException>("kernel", () => new FloatConvolution(g, new float[39], null));
        Assert.Throws<ArgumentException>("bias", () => new FloatConvolution(g, new float[40], new float[4]));
        Assert.Throws<ArgumentException>("paddingValues", () => new FloatConvolution(g, new float[40], null, new float[3]));
    }
}
