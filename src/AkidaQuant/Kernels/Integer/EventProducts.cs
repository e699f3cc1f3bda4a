using System.Numerics;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Counts the products of a linear layer whose input is not 0: what is left to do for whoever leaves out products with 0. An input at a
/// place is in as many products as windows meet it, times what each window makes of a channel.
/// </summary>
public sealed class EventProducts
{
    private readonly long[] _rows;
    private readonly long[] _columns;
    private readonly int _channels;
    private readonly long _fanOut;
    private readonly long _border;

    private EventProducts(long[] rows, long[] columns, int channels, long fanOut, long dense, long border = 0)
    {
        _rows = rows;
        _columns = columns;
        _channels = channels;
        _fanOut = fanOut;
        _border = border;
        Dense = dense;
    }

    /// <summary>The products of one sample that leaves none out, those with what stands around an image included.</summary>
    public long Dense { get; }

    /// <summary>The products of windows that move over an image.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="fanOut">The products of an input in a window: the filters, or 1 where each channel has its own kernel.</param>
    /// <param name="borderChannels">The channels around the image that are not 0.</param>
    public static EventProducts OfWindows(in ConvolutionGeometry geometry, int fanOut, int borderChannels = 0)
    {
        long[] rows = new long[geometry.InputHeight];
        long[] columns = new long[geometry.InputWidth];
        Meet(rows, geometry.OutputHeight, geometry.KernelHeight, geometry.StrideHeight, geometry.DilationHeight, geometry.PadTop);
        Meet(columns, geometry.OutputWidth, geometry.KernelWidth, geometry.StrideWidth, geometry.DilationWidth, geometry.PadLeft);
        long taps = (long)geometry.OutputHeight * geometry.OutputWidth * geometry.KernelHeight * geometry.KernelWidth;
        return new EventProducts(
            rows,
            columns,
            geometry.InputChannels,
            fanOut,
            taps * geometry.InputChannels * fanOut,
            (taps - (rows.Sum() * columns.Sum())) * borderChannels * fanOut);
    }

    /// <summary>The products of a transposed convolution, those that fall outside its output left out.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the input here.</param>
    /// <param name="channels">The channels of the input.</param>
    /// <param name="fanOut">The products of an input at a place: the filters, or 1 where each channel has its own kernel.</param>
    public static EventProducts OfTransposed(in ConvolutionGeometry forward, int channels, int fanOut)
    {
        long[] rows = Reach(
            forward.OutputHeight, forward.InputHeight, forward.KernelHeight, forward.StrideHeight, forward.PadTop);
        long[] columns = Reach(
            forward.OutputWidth, forward.InputWidth, forward.KernelWidth, forward.StrideWidth, forward.PadLeft);
        long dense = (long)rows.Length * columns.Length * channels * forward.KernelHeight * forward.KernelWidth * fanOut;
        return new EventProducts(rows, columns, channels, fanOut, dense);
    }

    /// <summary>The products of a dense layer.</summary>
    /// <param name="values">The inputs of a sample.</param>
    /// <param name="fanOut">The products of an input: the units.</param>
    public static EventProducts OfValues(int values, int fanOut) => new([1], [1], values, fanOut, (long)values * fanOut);

    /// <summary>The values that are not 0 among the first <paramref name="batch"/> samples.</summary>
    public static long Events(IntegerData data, int batch)
    {
        ArgumentNullException.ThrowIfNull(data);
        return ((long)batch * data.SampleSize) - data.Storage switch
        {
            IntegerStorage.Int16 => Zeros<short>(data.Values<short>(batch)),
            IntegerStorage.Int32 => Zeros<int>(data.Values<int>(batch)),
            _ => Zeros<long>(data.Values<long>(batch)),
        };
    }

    /// <summary>The products with an input that is not 0, in the first <paramref name="batch"/> samples.</summary>
    /// <param name="input">(batch, rows, columns, channels).</param>
    /// <param name="batch">The number of samples.</param>
    public long Count(IntegerData input, int batch)
    {
        ArgumentNullException.ThrowIfNull(input);
        long met = input.Storage switch
        {
            IntegerStorage.Int16 => Met<short>(input.Values<short>(batch)),
            IntegerStorage.Int32 => Met<int>(input.Values<int>(batch)),
            _ => Met<long>(input.Values<long>(batch)),
        };
        return (met * _fanOut) + (batch * _border);
    }

    /// <summary>The windows that meet the values that are not 0, each counted for each.</summary>
    private long Met<T>(ReadOnlySpan<T> values)
        where T : struct, INumber<T>
    {
        long met = 0;
        int width = _columns.Length * _channels;
        for (int row = 0; row * width < values.Length; row++)
        {
            ReadOnlySpan<T> cells = values.Slice(row * width, width);
            long inRow = 0;
            for (int column = 0; column < _columns.Length; column++)
            {
                inRow += _columns[column] * (_channels - Zeros(cells.Slice(column * _channels, _channels)));
            }

            met += inRow * _rows[row % _rows.Length];
        }

        return met;
    }

    private static int Zeros<T>(ReadOnlySpan<T> values)
        where T : struct, INumber<T> => values.Count(T.Zero);

    /// <summary>Counts for each row how many taps of all windows meet it.</summary>
    private static void Meet(long[] rows, int outputs, int kernel, int stride, int dilation, int before)
    {
        for (int output = 0; output < outputs; output++)
        {
            for (int tap = 0; tap < kernel; tap++)
            {
                int row = (output * stride) - before + (tap * dilation);
                if (row >= 0 && row < rows.Length)
                {
                    rows[row]++;
                }
            }
        }
    }

    /// <summary>Counts for each row how many of its taps fall into the output.</summary>
    private static long[] Reach(int inputs, int outputs, int kernel, int stride, int before)
    {
        long[] rows = new long[inputs];
        for (int input = 0; input < inputs; input++)
        {
            for (int tap = 0; tap < kernel; tap++)
            {
                int row = (input * stride) - before + tap;
                rows[input] += row >= 0 && row < outputs ? 1 : 0;
            }
        }

        return rows;
    }
}
