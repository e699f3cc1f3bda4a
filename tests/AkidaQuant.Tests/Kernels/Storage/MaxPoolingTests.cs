using System.Numerics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class MaxPoolingTests
{
    [Fact]
    public void Floats_take_the_greatest_cell_inside_the_image() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from batch in Gen.Int[1, 3]
         from image in Gen.Float[-9, -1].Array[batch * g.InputShape.Size]
         from parts in DividedCases.Count
         select (g, batch, image, parts)).Sample(
            (g, batch, image, parts) =>
            {
                float[] expected = Cases.PerSample(image, g.InputShape.Size, sample => Greatest(g, sample));
                Assert.Equal(expected, FloatCases.Output(expected.Length, output => new MaxPooling(g).Run<float>(image, output, batch)));
                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    float[] output = new float[expected.Length];
                    Array.Fill(output, ground);
                    new MaxPooling(g).Run<float>(image, output, batch, share);
                    return output;
                });
            },
            iter: 300);

    /// <summary>What is not a number stays so wherever it stands in a window, and 0 is greater than -0.</summary>
    [Fact]
    public void Floats_are_compared_as_numbers()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(2, 2, 1), (2, 2), (1, 1), (1, 1), Padding.Valid, 1);
        float[] output = new float[1];
        for (int i = 0; i < 4; i++)
        {
            float[] image = [1, 1, 1, 1];
            image[i] = float.NaN;
            new MaxPooling(g).Run<float>(image, output, 1);
            Assert.True(float.IsNaN(output[0]));
            Array.Fill(image, -0f);
            image[i] = 0f;
            new MaxPooling(g).Run<float>(image, output, 1);
            Assert.False(float.IsNegative(output[0]));
        }
    }

    private static T[] Greatest<T>(ConvolutionGeometry g, T[] sample)
        where T : INumber<T>, IMinMaxValue<T>
    {
        T[] greatest = new T[g.OutputShape.Size];
        Array.Fill(greatest, T.MinValue);
        Naive.Windows(g, (position, pixel, _) =>
        {
            for (int c = 0; pixel >= 0 && c < g.InputChannels; c++)
            {
                ref T cell = ref greatest[(position * g.InputChannels) + c];
                cell = T.Max(cell, sample[(pixel * g.InputChannels) + c]);
            }
        });
        return greatest;
    }
}
