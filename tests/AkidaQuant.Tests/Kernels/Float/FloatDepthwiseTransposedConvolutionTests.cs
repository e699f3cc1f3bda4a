using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatDepthwiseTransposedConvolutionTests
{
    [Fact]
    public void Sums_are_close_and_do_not_depend_on_the_batch() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from batch in Gen.Int[1, 3]
         from image in Gen.Float[-3, 3].Array[batch * g.OutputShape.Size]
         from kernel in Gen.Float[-2, 2].Array[g.KernelHeight * g.KernelWidth * g.InputChannels]
         from bias in Cases.Optional(Gen.Float[-2, 2].Array[g.InputChannels])
         select (g, batch, image, kernel, bias)).Sample(
            (g, batch, image, kernel, bias) =>
            {
                FloatDepthwiseTransposedConvolution convolution = new(g, kernel, bias);
                float[] whole = FloatCases.Output(batch * g.InputShape.Size, output => convolution.Run(image, output, batch));
                Assert.Equal(
                    Cases.PerSample(
                        image,
                        g.OutputShape.Size,
                        sample => FloatCases.Output(g.InputShape.Size, output => convolution.Run(sample, output, 1))),
                    whole);
                FloatCases.CheckShares(
                    whole, g.InputChannels, (output, share, finish) => convolution.Run(image, output, batch, share, finish));
                double[] expected = Cases.PerSample(
                    Array.ConvertAll(image, value => (double)value),
                    g.OutputShape.Size,
                    sample => Naive.Scatter(g, sample, kernel, bias, true));
                for (int i = 0; i < whole.Length; i++)
                {
                    Assert.InRange(whole[i], expected[i] - 1e-3, expected[i] + 1e-3);
                }
            },
            iter: 200);
}
