using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// What becomes of finished sums, integer by integer: bias, rectifier, table, scale and shift, in the order that a layer has,
/// applied in one pass while the sums are in the cache and stored as narrow as the result is (layers.md 2.4 and 2.5, convert.md 6.1).
/// </summary>
/// <remarks>
/// The steps become lines (<see cref="ChannelLine"/>), each as many steps as are one line together, and tables between them. Almost
/// all layers are one line. Where an integer on the way has too many bits for that, every integer takes the steps one by one.
/// </remarks>
public sealed class IntegerFinish
{
    /// <summary>Elements that stay in the first-level cache between a line and a table.</summary>
    private const int BlockElements = 2048;

    private readonly int _channels;
    private readonly ChannelStep[] _steps;
    private readonly Stage[] _stages;
    private readonly InstructionSet _set;

    /// <summary>A chain of steps.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="inputRange">The integers that come in.</param>
    /// <param name="outputRange">The integers that go out.</param>
    /// <param name="steps">The steps, in order.</param>
    /// <exception cref="ArgumentException">The steps give integers outside of <paramref name="outputRange"/>.</exception>
    public IntegerFinish(int channels, ValueRange inputRange, ValueRange outputRange, IReadOnlyList<ChannelStep> steps)
        : this(channels, inputRange, outputRange, steps, InstructionSets.Best)
    {
    }

    internal IntegerFinish(
        int channels, ValueRange inputRange, ValueRange outputRange, IReadOnlyList<ChannelStep> steps, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(steps);
        _channels = channels;
        _steps = [.. steps];
        _set = set;
        InputRange = inputRange;
        OutputRange = outputRange;
        _stages = Stages() ?? [];
        if (_stages is [.., { Line.OutputRange: var range }] && (range.Min < outputRange.Min || range.Max > outputRange.Max))
        {
            throw new ArgumentException(
                $"The steps give integers from {range.Min} to {range.Max}, not only those from {outputRange.Min} to {outputRange.Max}.",
                nameof(outputRange));
        }
    }

    /// <summary>The integers that come in.</summary>
    public ValueRange InputRange { get; }

    /// <summary>The integers that go out.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Computes a batch from a buffer to a buffer, which may be the same where the storage is.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape, in a storage that holds <see cref="OutputRange"/>.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default) =>
        RunRows(input, output, batch * (input.SampleSize / _channels), share);

    /// <summary>Computes rows of channels from the first one on, whatever samples they make.</summary>
    /// <param name="input">(rows, channels).</param>
    /// <param name="output">The same shape, in a storage that holds <see cref="OutputRange"/>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="share">The part to compute.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    internal void RunRows(IntegerData input, IntegerData output, int rows, WorkShare share)
    {
        (int start, int end) = share.Of(rows);
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Apply<short>(input, output, start, end);
                break;
            case IntegerStorage.Int32:
                Apply<int>(input, output, start, end);
                break;
            default:
                Apply<long>(input, output, start, end);
                break;
        }
    }

    /// <summary>These steps and then those of another chain, as one.</summary>
    internal IntegerFinish Then(IntegerFinish next) =>
        new(_channels, InputRange, next.OutputRange, [.. _steps, .. next._steps], _set);

    /// <summary>Computes a block of sums: some rows, and of each some neighbouring channels.</summary>
    /// <typeparam name="T">The type of the sums: short, int, long or double.</typeparam>
    /// <param name="sums">The sums; those of row i begin at <c>i * stride</c>.</param>
    /// <param name="stride">The distance of rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="count">The number of channels.</param>
    /// <param name="output">Where the results go, (rows, channels).</param>
    /// <param name="firstRow">The row of the output that the first row of the block becomes.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    internal void Run<T>(ReadOnlySpan<T> sums, int stride, int rows, int channel, int count, IntegerData output, int firstRow)
        where T : unmanaged, INumber<T>
    {
        KernelArguments.ExpectStorage(output, OutputRange);
        int first = (firstRow * _channels) + channel;
        switch (output.Storage)
        {
            case IntegerStorage.Int16:
                Run(sums, stride, rows, channel, count, output.Values<short>(output.Capacity)[first..]);
                break;
            case IntegerStorage.Int32:
                Run(sums, stride, rows, channel, count, output.Values<int>(output.Capacity)[first..]);
                break;
            default:
                Run(sums, stride, rows, channel, count, output.Values<long>(output.Capacity)[first..]);
                break;
        }
    }

    private void Run<TFrom, TTo>(ReadOnlySpan<TFrom> sums, int stride, int rows, int channel, int count, Span<TTo> output)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        if (_stages.Length == 0 || !_stages[0].Line.Takes<TFrom>())
        {
            RunSteps(sums, stride, rows, channel, count, output);
        }
        else if (_stages.Length == 1)
        {
            _stages[0].Line.Run(sums, stride, rows, channel, count, output, _channels);
        }
        else
        {
            RunStages(sums, stride, rows, channel, count, output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunStages<TFrom, TTo>(ReadOnlySpan<TFrom> sums, int stride, int rows, int channel, int count, Span<TTo> output)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        int rowsOfBlock = Math.Min(rows, Math.Max(1, BlockElements / count));
        int[] scratch = ArrayPool<int>.Shared.Rent(rowsOfBlock * count);
        for (int row = 0; row < rows; row += rowsOfBlock)
        {
            int height = Math.Min(rowsOfBlock, rows - row);
            Span<int> block = scratch.AsSpan(0, height * count);
            _stages[0].Line.Run(sums[(row * stride)..], stride, height, channel, count, block, count);
            for (int i = 1; i < _stages.Length; i++)
            {
                _stages[i].Map?.Map(block, channel, count);
                if (i == _stages.Length - 1)
                {
                    _stages[i].Line.Run<int, TTo>(block, count, height, channel, count, output[(row * _channels)..], _channels);
                }
                else if (!_stages[i].Line.IsIdentity)
                {
                    _stages[i].Line.Run<int, int>(block, count, height, channel, count, block, count);
                }
            }
        }

        ArrayPool<int>.Shared.Return(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunSteps<TFrom, TTo>(ReadOnlySpan<TFrom> sums, int stride, int rows, int channel, int count, Span<TTo> output)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (int row = 0; row < rows; row++)
        {
            for (int c = 0; c < count; c++)
            {
                long value = long.CreateTruncating(sums[(row * stride) + c]);
                foreach (ChannelStep step in _steps)
                {
                    value = step.Apply(value, channel + c);
                }

                output[(row * _channels) + c] = TTo.CreateChecked(value);
            }
        }
    }

    private void Apply<T>(IntegerData input, IntegerData output, int start, int end)
        where T : unmanaged, INumber<T> => Run<T>(
            input.Values<T>(input.Capacity)[(start * _channels)..(end * _channels)], _channels, end - start, 0, _channels, output, start);

    /// <summary>Lines, and tables in front of some; null where they are not exact.</summary>
    private Stage[]? Stages()
    {
        ChannelLine[] one = ArrayPool<ChannelLine>.Shared.Rent(_channels);
        ChannelLine[] other = ArrayPool<ChannelLine>.Shared.Rent(_channels);
        Stage[]? stages = Stages(one.AsSpan(0, _channels), other.AsSpan(0, _channels));
        ArrayPool<ChannelLine>.Shared.Return(one);
        ArrayPool<ChannelLine>.Shared.Return(other);
        return stages;
    }

    /// <summary>The stages, made in the memory for two lines a channel.</summary>
    private Stage[]? Stages(Span<ChannelLine> lines, Span<ChannelLine> longer)
    {
        List<Stage> stages = [];
        ValueRange range = InputRange;
        ChannelStep? map = null;
        lines.Fill(ChannelLine.Identity(range));
        foreach (ChannelStep step in _steps)
        {
            if (!TryContinue(lines, step, longer))
            {
                // What goes on from here are ints.
                if (ChannelLines.TryCreate(lines, range, _set) is not { } line || line.OutputRange.Storage == IntegerStorage.Int64)
                {
                    return null;
                }

                stages.Add(new Stage(map, line));
                map = step.MapRange is null ? null : step;
                range = step.MapRange ?? line.OutputRange;
                lines.Fill(ChannelLine.Identity(range));
                if (map is not null)
                {
                    continue;
                }

                if (!TryContinue(lines, step, longer))
                {
                    return null;
                }
            }

            Span<ChannelLine> before = lines;
            lines = longer;
            longer = before;
        }

        return ChannelLines.TryCreate(lines, range, _set) is { } last ? [.. stages, new Stage(map, last)] : null;
    }

    /// <summary>Puts a step behind the line of each channel; false where that is no line.</summary>
    private static bool TryContinue(ReadOnlySpan<ChannelLine> lines, ChannelStep step, Span<ChannelLine> longer)
    {
        lines.CopyTo(longer);
        for (int c = 0; c < longer.Length; c++)
        {
            if (!step.TryContinue(ref longer[c], c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A line, and what its integers were replaced by before.</summary>
    private readonly record struct Stage(ChannelStep? Map, ChannelLines Line);
}
