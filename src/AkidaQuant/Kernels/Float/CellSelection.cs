using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>An image whose rows and columns are some of those of another one, in any order and as often as wanted.</summary>
public sealed class CellSelection
{
    private readonly int _rowSize;
    private readonly int _inputSize;
    private readonly int _channels;
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly bool _isRun;

    /// <summary>A selection.</summary>
    /// <param name="input">(height, width, channels).</param>
    /// <param name="rows">For each row of the output that of the input.</param>
    /// <param name="columns">For each column of the output that of the input.</param>
    public CellSelection(Shape input, int[] rows, int[] columns)
    {
        _rowSize = input[1] * input[2];
        _inputSize = input.Size;
        _channels = input[2];
        _rows = rows;
        _columns = columns;
        _isRun = columns.Length > 0 && columns.AsSpan().SequenceEqual([.. Enumerable.Range(columns[0], columns.Length)]);
    }

    /// <summary>Copies a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, rows, columns, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to copy.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default)
    {
        int lineSize = _columns.Length * _channels;
        (int start, int end) = share.Of(batch * _rows.Length);
        for (int line = start; line < end; line++)
        {
            int at = (line / _rows.Length * _inputSize) + (_rows[line % _rows.Length] * _rowSize);
            ReadOnlySpan<float> row = input.Slice(at, _rowSize);
            Span<float> target = output.Slice(line * lineSize, lineSize);
            if (_isRun)
            {
                row.Slice(_columns[0] * _channels, lineSize).CopyTo(target);
                continue;
            }

            for (int x = 0; x < _columns.Length; x++)
            {
                row.Slice(_columns[x] * _channels, _channels).CopyTo(target[(x * _channels)..]);
            }
        }
    }
}
