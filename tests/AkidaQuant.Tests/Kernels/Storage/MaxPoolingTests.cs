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
         select (g, batch, image)).Sample(
            (g, batch, image) =>
            {
                float[] expected = Cases.PerSample(image, g.InputShape.Size, sample => Greatest(g, sample));
                Assert.Equal(expected, FloatCases.Output(expected.Length, output => new MaxPooling(g).Run<float>(image, output, batch)));
            },
            iter: 300);

    [Fact]
    public void Integers_take_the_greatest_cell_inside_the_image() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         from values in Cases.Integers(new ValueRange(-30000, -3), batch * g.InputShape.Size)
         select (g, batch, values, storage)).Where(@case => @case.g.MeetsImageEverywhere).Sample(
            (g, batch, values, storage) =>
            {
                IntegerData output = new(g.OutputShape.Size, batch, storage);
                new MaxPooling(g).Run(Cases.Buffer(values, g.InputShape.Size, storage), output, batch);
                Assert.Equal(Cases.PerSample(values, g.InputShape.Size, sample => Greatest(g, sample)), Cases.Values(output));
            },
            iter: 300);

    [Theory]
    [InlineData(IntegerStorage.Int16, short.MinValue)]
    [InlineData(IntegerStorage.Int32, int.MinValue)]
    [InlineData(IntegerStorage.Int64, long.MinValue)]
    public void A_window_outside_of_the_image_has_the_least_integer(IntegerStorage storage, long least)
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(
            new Shape(1, 1, 1), (1, 1), (1, 1), (1, 1), Padding.Explicit, 1, new EdgePads(1, 0, 0, 0));
        IntegerData output = new(2, 1, storage);
        new MaxPooling(g).Run(Cases.Buffer([-7], 1, storage), output, 1);
        Assert.Equal([least, -7], Cases.Values(output));
    }

    [Fact]
    public void A_buffer_of_another_storage_is_refused()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, 1), (1, 1), (1, 1), (1, 1), Padding.Valid, 1);
        Assert.Throws<ArgumentException>(() =>
            new MaxPooling(g).Run(new IntegerData(1, 1, IntegerStorage.Int32), new IntegerData(1, 1, IntegerStorage.Int16), 1));
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
