using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Computes a <see cref="ChannelLine"/> a channel, in the narrowest arithmetic that is exact for all of them.</summary>
/// <remarks>
/// <para>
/// Element i of a parameter is that of channel <c>i modulo channels</c>; a second parameter stands a pitch further on, a third one
/// two pitches. Rows of few channels that lie side by side are one run of elements, without regard to where a row ends: the
/// parameters are repeated until a vector can start at their beginning again. For 3 channels and vectors of 4 lanes:
/// </para>
/// <code>
///   channel of the elements   [0 1 2 0] [1 2 0 1] [2 0 1 2] [0 1 2 0] ...
///   parameters                [p q r p] [q r p q] [r p q r] [p q r p] ...
/// </code>
/// <para>Behind the parameters stand as many more as a vector has lanes, so that it may begin at any channel.</para>
/// </remarks>
internal sealed class ChannelLines
{
    /// <summary>The elements of the widest vector.</summary>
    private const int Lanes = 16;

    /// <summary>Parameters of longer runs would not stay in the first-level cache.</summary>
    private const int MaxPeriod = 1024;

    private const int Parameters = 5;

    private const long Exact = 1L << 52;

    private readonly int _channels;
    private readonly int _period;
    private readonly InstructionSet _set;
    private readonly AlignedArray<int>? _integers;
    private readonly AlignedArray<double>? _doubles;

    private ChannelLines(ReadOnlySpan<ChannelLine> lines, ValueRange input, InstructionSet set)
    {
        _channels = lines.Length;
        _set = set;
        int common = _channels / (int)BigInteger.GreatestCommonDivisor(_channels, Lanes) * Lanes;
        _period = common <= MaxPeriod ? common : _channels;
        Int128 least = Int128.MaxValue;
        Int128 greatest = Int128.MinValue;
        for (int c = 0; c < lines.Length; c++)
        {
            if (IsRepeated(lines, c))
            {
                continue;
            }

            (Int128 first, Int128 last) = (lines[c].At(input.Min), lines[c].At(input.Max));
            least = Int128.Min(least, Int128.Min(first, last));
            greatest = Int128.Max(greatest, Int128.Max(first, last));
        }

        OutputRange = new ValueRange((long)least, (long)greatest);
        IsIdentity = !lines.ContainsAnyExcept(ChannelLine.Identity(input));
        _integers = Integers(lines, input);
        _doubles = _integers is null && set != InstructionSet.Plain ? Doubles(lines, input) : null;
    }

    /// <summary>The integers that come out of those that may come in.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity { get; }

    private int Pitch => _period + Lanes;

    /// <summary>The lines for integers of a range; null where neither 32 bits nor doubles hold what is computed.</summary>
    public static ChannelLines? TryCreate(ReadOnlySpan<ChannelLine> lines, ValueRange input, InstructionSet set)
    {
        ChannelLines result = new(lines, input, set);
        return result._integers is null && result._doubles is null ? null : result;
    }

    /// <summary>Whether elements of a type can be read: doubles are made of integers of up to 32 bits only.</summary>
    public bool Takes<T>() => _integers is not null || typeof(T) != typeof(long);

    /// <summary>
    /// Computes some rows, and of each some neighbouring channels; values may be the output's own where both start at one element.
    /// </summary>
    /// <typeparam name="TFrom">short, int, double, or long where <see cref="Takes"/> says so.</typeparam>
    /// <typeparam name="TTo">short, int or long, whichever holds the results.</typeparam>
    /// <param name="values">The values; those of row i begin at <c>i * stride</c>.</param>
    /// <param name="stride">The distance of their rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="count">The number of channels.</param>
    /// <param name="output">The results; those of row i begin at <c>i * outputStride</c>.</param>
    /// <param name="outputStride">The distance of their rows.</param>
    public void Run<TFrom, TTo>(
        ReadOnlySpan<TFrom> values, int stride, int rows, int channel, int count, Span<TTo> output, int outputStride)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        if (rows <= 0 || count <= 0)
        {
            return;
        }

        // Whatever lies outside is refused here, since pointers do not.
        values = values[..(((rows - 1) * stride) + count)];
        output = output[..(((rows - 1) * outputStride) + count)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channel + count, _channels);
        if (_integers is not null)
        {
            switch (_set)
            {
                case InstructionSet.Vector512:
                    Run<TFrom, TTo, int, Vector512<int>, IntegerLineForm<Vector512<int>, IntegerLanes512>>(
                        values, stride, rows, channel, count, output, outputStride, _integers.Span);
                    break;
                case InstructionSet.Vector256 or InstructionSet.Vector256Vnni:
                    Run<TFrom, TTo, int, Vector256<int>, IntegerLineForm<Vector256<int>, IntegerLanes256>>(
                        values, stride, rows, channel, count, output, outputStride, _integers.Span);
                    break;
                case InstructionSet.Vector128:
                    Run<TFrom, TTo, int, Vector128<int>, IntegerLineForm<Vector128<int>, IntegerLanes128>>(
                        values, stride, rows, channel, count, output, outputStride, _integers.Span);
                    break;
                default:
                    Run<TFrom, TTo, int, int, IntegerLineForm<int, ScalarIntegerLanes>>(
                        values, stride, rows, channel, count, output, outputStride, _integers.Span);
                    break;
            }

            return;
        }

        switch (_set)
        {
            case InstructionSet.Vector512:
                Run<TFrom, TTo, double, Vector512<double>, DoubleLineForm<Vector512<double>, DoubleLanes512>>(
                    values, stride, rows, channel, count, output, outputStride, _doubles!.Span);
                break;
            case InstructionSet.Vector256 or InstructionSet.Vector256Vnni:
                Run<TFrom, TTo, double, Vector256<double>, DoubleLineForm<Vector256<double>, DoubleLanes256>>(
                    values, stride, rows, channel, count, output, outputStride, _doubles!.Span);
                break;
            default:
                Run<TFrom, TTo, double, Vector128<double>, DoubleLineForm<Vector128<double>, DoubleLanes128>>(
                    values, stride, rows, channel, count, output, outputStride, _doubles!.Span);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Run<TFrom, TTo, TParameter, TVector, TForm>(
        ReadOnlySpan<TFrom> values,
        int stride,
        int rows,
        int channel,
        int count,
        Span<TTo> output,
        int outputStride,
        ReadOnlySpan<TParameter> parameters)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TParameter : unmanaged
        where TForm : struct, ILineForm<TParameter, TVector>
    {
        fixed (TFrom* from = values)
        fixed (TTo* to = output)
        fixed (TParameter* first = parameters)
        {
            nint done = 0;
            if (count % TForm.Count == 0)
            {
                done = rows / LineLoops.RowsAtOnce * LineLoops.RowsAtOnce;
                LineLoops.RunRows<TFrom, TTo, TParameter, TVector, TForm>(
                    from, stride, to, outputStride, done, count, first + channel, Pitch);
            }

            if (_period % Lanes == 0 && count == _channels && stride == count && outputStride == count)
            {
                LineLoops.RunElements<TFrom, TTo, TParameter, TVector, TForm>(
                    from + (done * stride), to + (done * stride), (rows - (int)done) * count, first, _period, Pitch);
                return;
            }

            for (nint row = done; row < rows; row++)
            {
                LineLoops.RunElements<TFrom, TTo, TParameter, TVector, TForm>(
                    from + (row * stride), to + (row * outputStride), count, first + channel, int.MaxValue, Pitch);
            }
        }
    }

    private AlignedArray<int>? Integers(ReadOnlySpan<ChannelLine> lines, ValueRange input)
    {
        AlignedArray<int> parameters = new(Parameters * Pitch);
        IntegerLine? narrow = null;
        for (int c = 0; c < lines.Length; c++)
        {
            narrow = IsRepeated(lines, c) ? narrow : lines[c].Narrow(input);
            if (narrow is not { } line)
            {
                return null;
            }

            Fill(parameters.Span, c, [line.Least, line.Greatest, line.Factor, line.Offset, line.Shift]);
        }

        return parameters;
    }

    /// <summary>Whether a channel has the line of the one before it, as all of a layer that passes values on have.</summary>
    private static bool IsRepeated(ReadOnlySpan<ChannelLine> lines, int channel) => channel > 0 && lines[channel] == lines[channel - 1];

    private AlignedArray<double>? Doubles(ReadOnlySpan<ChannelLine> lines, ValueRange input)
    {
        AlignedArray<double> parameters = new(Parameters * Pitch);
        for (int c = 0; c < lines.Length; c++)
        {
            ChannelLine line = lines[c];
            Int128 least = Int128.Min(line.At(input.Min), line.At(input.Max));
            Int128 greatest = Int128.Max(line.At(input.Min), line.At(input.Max));
            if (Int128.Abs(line.Factor) * input.Magnitude > Exact || Int128.Abs(line.Offset) > Exact
                || least < -Exact || greatest > Exact || input.Magnitude > Exact)
            {
                return null;
            }

            Fill(
                parameters.Span,
                c,
                [(double)line.Factor, (double)line.Offset, Math.ScaleB(1, -line.Shift), (double)least, (double)greatest]);
        }

        return parameters;
    }

    /// <summary>Writes the parameters of a channel wherever it is met.</summary>
    private void Fill<T>(Span<T> parameters, int channel, ReadOnlySpan<T> values)
    {
        for (int i = channel; i < Pitch; i += _channels)
        {
            for (int parameter = 0; parameter < values.Length; parameter++)
            {
                parameters[(parameter * Pitch) + i] = values[parameter];
            }
        }
    }
}
