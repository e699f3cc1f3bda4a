using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ImageContractionTests
{
    [Theory]
    [EachInstructionSet]
    public void Images_that_have_to_be_converted_may_be_many_or_larger_than_what_is_converted_at_a_time(string instructions)
    {
        Check(instructions, new Shape(70, 90, 6), 3, 2);
        Check(instructions, new Shape(9, 8, 300), 3, 5);
        Check(instructions, new Shape(60, 60, 40), 1, 2);
    }

    private static void Check(string instructions, Shape image, int kernel, int batch)
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(image, (kernel, kernel), (1, 1), (1, 1), Padding.Same, 3);
        long[] values = [.. Enumerable.Range(0, batch * image.Size).Select(i => (i * 31L % 255) - 127)];
        int[] weights = [.. Enumerable.Range(0, kernel * kernel * image[2] * 3).Select(i => (i * 17 % 255) - 127)];
        long[] sums = Cases.PerSample(values, image.Size, sample => Naive.Convolve(g, sample, weights, null, 40, null, false));
        IntegerConvolution convolution = new(g, weights, null, ValueRange.OfBits(7), 40, null, InstructionSets.Choose(instructions));
        foreach (IntegerStorage storage in Enum.GetValues<IntegerStorage>())
        {
            IntegerData input = Cases.Buffer(values, image.Size, storage);
            DividedCases.Check(sums, convolution.OutputRange, 3, batch, 3, (output, share, finish) =>
                convolution.Run(input, output, batch, share, finish));
        }
    }
}
