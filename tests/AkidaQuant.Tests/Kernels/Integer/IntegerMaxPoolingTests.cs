using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerMaxPoolingTests
{
    [Fact]
    public void Integers_take_the_greatest_cell_inside_the_image() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         from values in Cases.Integers(new ValueRange(-30000, -3), batch * g.InputShape.Size)
         from parts in DividedCases.Count
         select (g, batch, values, storage, parts)).Where(@case => @case.g.MeetsImageEverywhere).Sample(
            (g, batch, values, storage, parts) =>
            {
                IntegerData input = Cases.Buffer(values, g.InputShape.Size, storage);
                IntegerMaxPooling pooling = new(g);
                DividedCases.Check(
                    Cases.PerSample(values, g.InputShape.Size, sample => Greatest(g, sample)),
                    new ValueRange(-30000, -3),
                    g.InputChannels,
                    batch,
                    parts,
                    (output, share, finish) => Run(pooling, input, output, batch, share, finish));
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
        new IntegerMaxPooling(g).Run(Cases.Buffer([-7], 1, storage), output, 1);
        Assert.Equal([least, -7], Cases.Values(output));
    }

    [Fact]
    public void A_buffer_of_another_storage_is_refused()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, 1), (1, 1), (1, 1), (1, 1), Padding.Valid, 1);
        Assert.Throws<ArgumentException>(() =>
            new IntegerMaxPooling(g).Run(new IntegerData(1, 1, IntegerStorage.Int32), new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    /// <summary>By way of a buffer of the input's storage, where nothing finishes.</summary>
    private static void Run(
        IntegerMaxPooling pooling, IntegerData input, IntegerData output, int batch, WorkShare share, IntegerFinish? finish)
    {
        if (finish is not null)
        {
            pooling.Run(input, output, batch, share, finish);
            return;
        }

        IntegerData same = new(output.SampleSize, batch, input.Storage);
        IntegerCopy.Copy(output, same, batch);
        pooling.Run(input, same, batch, share);
        IntegerCopy.Copy(same, output, batch);
    }

    private static long[] Greatest(ConvolutionGeometry g, long[] sample)
    {
        long[] greatest = new long[g.OutputShape.Size];
        Array.Fill(greatest, long.MinValue);
        Naive.Windows(g, (position, pixel, _) =>
        {
            for (int c = 0; pixel >= 0 && c < g.InputChannels; c++)
            {
                ref long cell = ref greatest[(position * g.InputChannels) + c];
                cell = Math.Max(cell, sample[(pixel * g.InputChannels) + c]);
            }
        });
        return greatest;
    }
}
