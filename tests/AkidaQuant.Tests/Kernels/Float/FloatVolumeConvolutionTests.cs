using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatVolumeConvolutionTests
{
    [Theory]
    [EachInstructionSet]
    public void Every_output_is_the_sum_of_products_over_time_too(string instructions) =>
        (from sizes in Volumes.Geometry(2)
         from groups in Gen.Int[1, 2]
         let image = sizes.Image with
         {
             InputChannels = sizes.Image.InputChannels * groups,
             OutputChannels = sizes.Image.OutputChannels * groups,
         }
         let g = sizes with { Image = image }
         from batch in Gen.Int[1, 2]
         from input in FloatCases.Value.Array[batch * g.InputSteps * image.InputShape.Size]
         from kernel in FloatCases.Value.Array[
             g.KernelSteps * image.KernelHeight * image.KernelWidth * sizes.Image.InputChannels * image.OutputChannels]
         from bias in Cases.Optional(FloatCases.Value.Array[image.OutputChannels])
         select (g, groups, batch, input, kernel, bias)).Sample(
            (g, groups, batch, input, kernel, bias) => FloatCases.Check(
                g.OutputShape.Size,
                InstructionSets.Choose(instructions),
                set => FloatCases.Output(
                    batch * g.OutputShape.Size,
                    output => new FloatVolumeConvolution(g, kernel, bias, groups, set).Run(input, output, batch)),
                sample =>
                {
                    (int filters, int channels) = (g.Image.OutputChannels, g.Image.InputChannels / groups);
                    float[] volume = FloatCases.Sample(input, sample, g.InputSteps * g.Image.InputShape.Size);
                    double[] sums = [.. Enumerable.Range(0, g.OutputShape.Size).Select(i => (double)(bias?[i % filters] ?? 0))];
                    double[] magnitudes = Array.ConvertAll(sums, Math.Abs);
                    Volumes.Windows(g, (position, pixel, cell) =>
                    {
                        for (int i = 0; i < filters * channels; i++)
                        {
                            (int f, int c) = Math.DivRem(i, channels);
                            int channel = (f / (filters / groups) * channels) + c;
                            double product = (double)volume[(pixel * g.Image.InputChannels) + channel]
                                * kernel[(((cell * channels) + c) * filters) + f];
                            sums[(position * filters) + f] += product;
                            magnitudes[(position * filters) + f] += Math.Abs(product);
                        }
                    });
                    return (sums, magnitudes);
                }),
            iter: 100);

    [Theory]
    [EachInstructionSet]
    public void Shares_make_up_the_whole_with_and_without_a_finish(string instructions) =>
        (from g in Volumes.Geometry(2)
         from batch in Gen.Int[1, 2]
         from input in FloatCases.Value.Array[batch * g.InputSteps * g.Image.InputShape.Size]
         from kernel in FloatCases.Value.Array[
             g.KernelSteps * g.Image.KernelHeight * g.Image.KernelWidth * g.Image.InputChannels * g.Image.OutputChannels]
         from bias in Cases.Optional(FloatCases.Value.Array[g.Image.OutputChannels])
         from count in DividedCases.Count
         select (g, batch, input, kernel, bias, count)).Sample(
            (g, batch, input, kernel, bias, count) =>
            {
                FloatVolumeConvolution convolution = new(g, kernel, bias, 1, InstructionSets.Choose(instructions));
                FloatCases.CheckShares(batch * g.OutputShape.Size, g.Image.OutputChannels, count, (output, share, finish) =>
                    convolution.Run(input, output, batch, share, finish));
            },
            iter: 50);
}
