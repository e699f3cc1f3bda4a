using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// An image of another size whose values lie between those of the four cells around, in the float32 arithmetic of TensorFlow: centers of
/// cells meet, and what lies outside of the image is the cell at its border.
/// </summary>
public sealed class BilinearResizing
{
    private readonly int _rowSize;
    private readonly int _inputSize;
    private readonly int _channels;
    private readonly Taps _rows;
    private readonly Taps _columns;

    /// <summary>A resizing of a part of an image.</summary>
    /// <param name="input">(height, width, channels).</param>
    /// <param name="rows">The first row that is taken, and how many.</param>
    /// <param name="columns">The first column that is taken, and how many.</param>
    /// <param name="height">The rows of the output.</param>
    /// <param name="width">The columns of the output.</param>
    public BilinearResizing(Shape input, (int Start, int Count) rows, (int Start, int Count) columns, int height, int width)
    {
        _rowSize = input[1] * input[2];
        _inputSize = input.Size;
        _channels = input[2];
        _rows = Taps.Of(rows, height);
        _columns = Taps.Of(columns, width);
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, height, width, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default)
    {
        int height = _rows.Lower.Length;
        int width = _columns.Lower.Length;
        float[] below = new float[_channels];
        (int start, int end) = share.Of(batch * height);
        for (int line = start; line < end; line++)
        {
            int y = line % height;
            ReadOnlySpan<float> image = input.Slice(line / height * _inputSize, _inputSize);
            ReadOnlySpan<float> upper = image.Slice(_rows.Lower[y] * _rowSize, _rowSize);
            ReadOnlySpan<float> lower = image.Slice(_rows.Upper[y] * _rowSize, _rowSize);
            for (int x = 0; x < width; x++)
            {
                Span<float> result = output.Slice(((line * width) + x) * _channels, _channels);
                Between(Cell(upper, _columns.Lower[x]), Cell(upper, _columns.Upper[x]), _columns.Weight[x], result);
                Between(Cell(lower, _columns.Lower[x]), Cell(lower, _columns.Upper[x]), _columns.Weight[x], below);
                Between(result, below, _rows.Weight[y], result);
            }
        }
    }

    private ReadOnlySpan<float> Cell(ReadOnlySpan<float> row, int column) => row.Slice(column * _channels, _channels);

    /// <summary><c>from + (to - from) * weight</c>, each operation rounded; a lane is a channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Between(ReadOnlySpan<float> from, ReadOnlySpan<float> to, float weight, Span<float> result)
    {
        for (int i = 0; i < result.Length; i++)
        {
            float step = (to[i] - from[i]) * weight;
            result[i] = from[i] + step;
        }
    }

    /// <summary>For each place of the output the cells around it along one axis, and how near it is to the second.</summary>
    private readonly record struct Taps(int[] Lower, int[] Upper, float[] Weight)
    {
        public static Taps Of((int Start, int Count) part, int size)
        {
            Taps taps = new(new int[size], new int[size], new float[size]);
            float scale = part.Count / (float)size;
            for (int i = 0; i < size; i++)
            {
                float place = ((i + 0.5f) * scale) - 0.5f;
                float floor = MathF.Floor(place);
                taps.Lower[i] = part.Start + Math.Clamp((int)floor, 0, part.Count - 1);
                taps.Upper[i] = part.Start + Math.Clamp((int)MathF.Ceiling(place), 0, part.Count - 1);
                taps.Weight[i] = place - floor;
            }

            return taps;
        }
    }
}
