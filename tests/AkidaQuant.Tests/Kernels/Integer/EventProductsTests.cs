using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class EventProductsTests
{
    private static readonly Gen<(int Size, int Kernel, int Stride, int Dilation)> Axes =
        from size in Gen.Int[1, 7]
        from kernel in Gen.Int[1, 4]
        from stride in Gen.Int[1, 3]
        from dilation in Gen.Int[1, 2]
        select (size, kernel, stride, dilation);

    [Fact]
    public void Windows_meet_each_value_as_often_as_loops_find() =>
        (from rows in Axes
         from columns in Axes
         from channels in Gen.Int[1, 9]
         from fanOut in Gen.Int[1, 4]
         from border in Gen.Int[0, channels]
         from padding in Gen.OneOf(Padding.Same, Padding.SameUpper, Padding.Valid)
         from seed in Gen.Int
         from storage in Gen.OneOf(IntegerStorage.Int16, IntegerStorage.Int32, IntegerStorage.Int64)
         select (rows, columns, channels, fanOut, border, padding, seed, storage)).Where(c =>
             c.padding != Padding.Valid
             || (((c.rows.Kernel - 1) * c.rows.Dilation) + 1 <= c.rows.Size
                 && ((c.columns.Kernel - 1) * c.columns.Dilation) + 1 <= c.columns.Size)).Sample(c =>
             {
                 var geometry = ConvolutionGeometry.Create(
                     new Shape(c.rows.Size, c.columns.Size, c.channels),
                     (c.rows.Kernel, c.columns.Kernel),
                     (c.rows.Stride, c.columns.Stride),
                     (c.rows.Dilation, c.columns.Dilation),
                     c.padding,
                     c.fanOut);
                 long[] values = Values(c.seed, 2 * geometry.InputSize);
                 (long dense, long expected) = (0, 0);
                 for (int sample = 0; sample < 2; sample++)
                 {
                     foreach ((int row, int column, int channel) in Taps(geometry))
                     {
                         bool isInside = row >= 0 && row < c.rows.Size && column >= 0 && column < c.columns.Size;
                         int at = (((((sample * c.rows.Size) + row) * c.columns.Size) + column) * c.channels) + channel;
                         dense += c.fanOut;
                         expected += (isInside ? values[at] != 0 : channel < c.border) ? c.fanOut : 0;
                     }
                 }

                 var products = EventProducts.OfWindows(geometry, c.fanOut, c.border);
                 Assert.Equal(dense, 2 * products.Dense);
                 Assert.Equal(expected, products.Count(Data(values, geometry.InputSize, c.storage), 2));
             });

    [Fact]
    public void Transposed_products_outside_of_the_output_do_not_count() =>
        (from rows in Gen.Int[1, 6]
         from columns in Gen.Int[1, 6]
         from kernel in Gen.Int[1, 5]
         from stride in Gen.Int[1, 3]
         from channels in Gen.Int[1, 4]
         from fanOut in Gen.Int[1, 4]
         from seed in Gen.Int
         select (rows, columns, kernel, stride, channels, fanOut, seed)).Sample((rows, columns, kernel, stride, channels, fanOut, seed) =>
         {
             var forward = ConvolutionGeometry.Create(
                 new Shape(rows * stride, columns * stride, fanOut), (kernel, kernel), (stride, stride), (1, 1), Padding.Same, channels);
             long[] values = Values(seed, rows * columns * channels);
             long expected = 0;
             for (int i = 0; i < values.Length; i++)
             {
                 for (int tap = 0; tap < kernel * kernel; tap++)
                 {
                     int y = (i / channels / columns * stride) - forward.PadTop + (tap / kernel);
                     int x = (i / channels % columns * stride) - forward.PadLeft + (tap % kernel);
                     bool isInside = y >= 0 && y < rows * stride && x >= 0 && x < columns * stride;
                     expected += isInside && values[i] != 0 ? fanOut : 0;
                 }
             }

             var products = EventProducts.OfTransposed(forward, channels, fanOut);
             Assert.Equal((long)values.Length * kernel * kernel * fanOut, products.Dense);
             Assert.Equal(expected, products.Count(Data(values, values.Length, IntegerStorage.Int16), 1));
         });

    [Fact]
    public void Dense_layers_multiply_each_value_once_a_unit()
    {
        var products = EventProducts.OfValues(4, 3);
        IntegerData data = Data([1, 0, -1, 0, 0, 0, 7, 0], 4, IntegerStorage.Int32);
        Assert.Equal(12, products.Dense);
        Assert.Equal(9, products.Count(data, 2));
        Assert.Equal(6, products.Count(data, 1));
        Assert.Equal(3, EventProducts.Events(data, 2));
    }

    private static IEnumerable<(int Row, int Column, int Channel)> Taps(ConvolutionGeometry geometry) =>
        from y in Enumerable.Range(0, geometry.OutputHeight)
        from x in Enumerable.Range(0, geometry.OutputWidth)
        from ky in Enumerable.Range(0, geometry.KernelHeight)
        from kx in Enumerable.Range(0, geometry.KernelWidth)
        from channel in Enumerable.Range(0, geometry.InputChannels)
        select (
            (y * geometry.StrideHeight) - geometry.PadTop + (ky * geometry.DilationHeight),
            (x * geometry.StrideWidth) - geometry.PadLeft + (kx * geometry.DilationWidth),
            channel);

    private static long[] Values(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? 0L : random.Next(-5, 6))];
    }

    private static IntegerData Data(long[] values, int size, IntegerStorage storage)
    {
        IntegerData data = new(size, values.Length / size, storage);
        for (int i = 0; i < values.Length; i++)
        {
            switch (storage)
            {
                case IntegerStorage.Int16:
                    data.Values<short>(data.Capacity)[i] = (short)values[i];
                    break;
                case IntegerStorage.Int32:
                    data.Values<int>(data.Capacity)[i] = (int)values[i];
                    break;
                default:
                    data.Values<long>(data.Capacity)[i] = values[i];
                    break;
            }
        }

        return data;
    }
}
