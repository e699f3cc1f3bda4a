using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatDepthwiseConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Each_channel_has_its_own_filters(string instructions) =>
        (from sizes in Cases.Geometry
         from multiplier in Gen.Int[1, 3]
         let g = sizes with { OutputChannels = sizes.InputChannels * multiplier }
         from batch in Gen.Int[1, 3]
         from image in FloatCases.Value.Array[batch * g.InputShape.Size]
         from kernel in FloatCases.Value.Array[g.KernelHeight * g.KernelWidth * g.OutputChannels]
         from bias in Cases.Optional(FloatCases.Value.Array[g.OutputChannels])
         select (g, multiplier, batch, image, kernel, bias)).Sample(
            (g, multiplier, batch, image, kernel, bias) =>
            {
                InstructionSet best = InstructionSets.Choose(instructions);
                FloatCases.Check(
                    g.OutputShape.Size,
                    best,
                    Run,
                    sample => Naive.Convolve(g, FloatCases.Sample(image, sample, g.InputShape.Size), kernel, bias, null, g.InputChannels));
                FloatDepthwiseConvolution convolution = new(g, kernel, bias, multiplier, best);
                FloatCases.CheckShares(
                    Run(best), g.OutputChannels, (output, share, finish) => convolution.Run(image, output, batch, share, finish));

                float[] Run(InstructionSet set) => FloatCases.Output(
                    batch * g.OutputShape.Size,
                    output => new FloatDepthwiseConvolution(g, kernel, bias, multiplier, set).Run(image, output, batch));
            },
            iter: 300);
}
