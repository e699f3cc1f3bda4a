using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatTransposedConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Sums_are_close_and_their_bits_depend_neither_on_the_batch_nor_on_the_set(string instructions) =>
        (from g in Cases.Geometry
         from batch in Gen.Int[1, 3]
         from image in Gen.Float[-3, 3].Array[batch * g.OutputShape.Size]
         from kernel in Gen.Float[-2, 2].Array[g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels]
         from bias in Cases.Optional(Gen.Float[-2, 2].Array[g.InputChannels])
         select (g, batch, image, kernel, bias)).Sample(
            (g, batch, image, kernel, bias) =>
            {
                float[] whole = Run(InstructionSets.Choose(instructions), image, batch);
                Assert.Equal(Cases.PerSample(image, g.OutputShape.Size, sample => Run(InstructionSet.Plain, sample, 1)), whole);
                FloatTransposedConvolution convolution = new(g, kernel, bias, InstructionSets.Choose(instructions));
                FloatCases.CheckShares(
                    whole, g.InputChannels, (output, share, finish) => convolution.Run(image, output, batch, share, finish));
                double[] expected = Cases.PerSample(
                    Array.ConvertAll(image, value => (double)value),
                    g.OutputShape.Size,
                    sample => Naive.Scatter(g, sample, kernel, bias, false));
                for (int i = 0; i < whole.Length; i++)
                {
                    Assert.InRange(whole[i], expected[i] - 1e-3, expected[i] + 1e-3);
                }

                float[] Run(InstructionSet set, float[] from, int count) => FloatCases.Output(
                    count * g.InputShape.Size, output => new FloatTransposedConvolution(g, kernel, bias, set).Run(from, output, count));
            },
            iter: 200);
}
