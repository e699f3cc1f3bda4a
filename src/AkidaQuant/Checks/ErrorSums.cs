using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Checks;

/// <summary>
/// Compares values that float and quantized layers give, channel by channel: energies of the signal, of the error and of the part of it
/// that saturated values have. Values are added up in an order that neither threads nor vectors change.
/// </summary>
/// <param name="channels">The number of channels, which lie beside each other.</param>
internal sealed class ErrorSums(int channels)
{
    /// <summary>The number of channels.</summary>
    public int Channels => channels;

    /// <summary>The power of two that real values are multiplied by, so that no square is too great or too small; 0 before any.</summary>
    public double Scale { get; private set; }

    /// <summary>The energy of the float values of each channel, times the square of <see cref="Scale"/>.</summary>
    public double[] Signal { get; } = new double[channels];

    /// <summary>The energy of the differences.</summary>
    public double[] Noise { get; } = new double[channels];

    /// <summary>The energy of the differences of saturated values.</summary>
    public double[] Clipped { get; } = new double[channels];

    /// <summary>The greatest magnitude of the float values of each channel.</summary>
    public float[] FloatPeaks { get; } = new float[channels];

    /// <summary>The greatest magnitude of the quantized values of each channel.</summary>
    public float[] QuantizedPeaks { get; } = new float[channels];

    /// <summary>The number of values.</summary>
    public long Count { get; private set; }

    /// <summary>The number of values at a bound of their range.</summary>
    public long Saturated { get; private set; }

    /// <summary>Signal to noise in decibels, between plus and minus <see cref="Decibels.Most"/>.</summary>
    public double SignalToNoise => Decibels.Of(Signal.Sum(), Noise.Sum());

    /// <summary>Adds values.</summary>
    /// <param name="expected">The float values, channels last.</param>
    /// <param name="actual">The quantized ones.</param>
    /// <param name="real">What these stand for.</param>
    /// <param name="batch">The number of samples that <paramref name="actual"/> holds.</param>
    /// <param name="threads">The most threads.</param>
    public void Add(FloatData expected, TensorData actual, RealValues real, int batch, int threads)
    {
        int length = batch * actual.SampleSize;
        if (length == 0)
        {
            return;
        }

        if (Scale == 0)
        {
            Scale = ScaleOf(expected.Values(batch));
        }

        ErrorBlock.Layout layout = new(channels, length);
        ErrorBlock[] blocks = new ErrorBlock[layout.Blocks];
        ErrorLanes lanes = new(real, channels, layout.Lanes, (float)Scale);
        void Run(int block) => blocks[block] = ErrorBlock.Of(layout, block, expected, actual, lanes, batch);
        if (threads == 1 || blocks.Length == 1)
        {
            for (int block = 0; block < blocks.Length; block++)
            {
                Run(block);
            }
        }
        else
        {
            Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, Run);
        }

        foreach (ErrorBlock block in blocks)
        {
            Fold(block);
        }

        Count += length;
    }

    private void Fold(ErrorBlock block)
    {
        for (int lane = 0; lane < block.Signal.Length; lane++)
        {
            int channel = lane % channels;
            Signal[channel] += block.Signal[lane];
            Noise[channel] += block.Noise[lane];
            Clipped[channel] += block.Clipped[lane];
            FloatPeaks[channel] = Math.Max(FloatPeaks[channel], block.FloatPeaks[lane] / (float)Scale);
            QuantizedPeaks[channel] = Math.Max(QuantizedPeaks[channel], block.QuantizedPeaks[lane]);
        }

        Saturated += block.Saturated;
    }

    /// <summary>A power of two that brings the first values near to 1, so that no square is too great or too small for a float.</summary>
    private static double ScaleOf(ReadOnlySpan<float> values)
    {
        float greatest = System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(values);
        return float.IsNormal(greatest) ? Math.ScaleB(1, -Math.Clamp(Math.ILogB(greatest), -100, 100)) : 1;
    }
}

/// <summary>What is the same for all blocks of a tensor, one value a lane.</summary>
internal sealed class ErrorLanes
{
    /// <summary>Repeats what belongs to channels for as many lanes as are compared at once.</summary>
    /// <param name="real">What integers stand for.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="lanes">The number of lanes.</param>
    /// <param name="scale">What all real values are multiplied by.</param>
    public ErrorLanes(RealValues real, int channels, int lanes, float scale)
    {
        Scale = scale;
        Steps = new float[lanes];
        Offsets = new float[lanes];
        for (int i = 0; i < lanes; i++)
        {
            Steps[i] = real.Steps[i % channels] * scale;
            Offsets[i] = real.Offsets is { } offsets ? offsets[i % channels] * scale : 0;
        }

        Least = real.Bounds is { } bounds ? bounds.Min : float.NegativeInfinity;
        Greatest = real.Bounds is { } limits ? limits.Max : float.PositiveInfinity;
    }

    /// <summary>What float values are multiplied by.</summary>
    public float Scale { get; }

    /// <summary>What integers are multiplied by.</summary>
    public float[] Steps { get; }

    /// <summary>What is taken off behind that.</summary>
    public float[] Offsets { get; }

    /// <summary>The least integer.</summary>
    public float Least { get; }

    /// <summary>The greatest integer.</summary>
    public float Greatest { get; }
}

/// <summary>The sums of a part of a tensor, of so few values that floats hold them well.</summary>
internal sealed class ErrorBlock
{
    private const int Rows = 256;
    private const int LeastLanes = 32;

    private readonly float[] _integers;

    private ErrorBlock(int lanes)
    {
        Signal = new float[lanes];
        Noise = new float[lanes];
        Clipped = new float[lanes];
        FloatPeaks = new float[lanes];
        QuantizedPeaks = new float[lanes];
        _integers = new float[lanes];
    }

    public float[] Signal { get; }

    public float[] Noise { get; }

    public float[] Clipped { get; }

    public float[] FloatPeaks { get; }

    public float[] QuantizedPeaks { get; }

    public long Saturated { get; private set; }

    /// <summary>How a tensor is cut: lanes are whole channels, several times where there are few; a block is some rows of them.</summary>
    public readonly record struct Layout
    {
        public Layout(int channels, int length)
        {
            Lanes = channels * Math.Max(1, (LeastLanes + channels - 1) / channels);
            Length = length;
            Blocks = (int)((length + ((long)Lanes * Rows) - 1) / ((long)Lanes * Rows));
        }

        public int Lanes { get; }

        public int Length { get; }

        public int Blocks { get; }
    }

    public static ErrorBlock Of(
        Layout layout, int index, FloatData expected, TensorData actual, ErrorLanes lanes, int batch)
    {
        ErrorBlock block = new(layout.Lanes);
        long first = (long)index * layout.Lanes * Rows;
        int end = (int)Math.Min(layout.Length, first + ((long)layout.Lanes * Rows));
        for (int start = (int)first; start < end; start += layout.Lanes)
        {
            int length = Math.Min(layout.Lanes, end - start);
            Span<float> values = block._integers.AsSpan(0, length);
            Read(actual, batch, start, values);
            block.Add(expected.Values(batch).Slice(start, length), values, lanes);
        }

        return block;
    }

    private static void Read(TensorData actual, int batch, int start, Span<float> values)
    {
        switch (actual)
        {
            case FloatData floats:
                floats.Values(batch).Slice(start, values.Length).CopyTo(values);
                break;
            case IntegerData { Storage: IntegerStorage.Int16 } integers:
                Convert(integers.Values<short>(batch).Slice(start, values.Length), values);
                break;
            case IntegerData { Storage: IntegerStorage.Int32 } integers:
                Convert(integers.Values<int>(batch).Slice(start, values.Length), values);
                break;
            default:
                ReadOnlySpan<long> wide = ((IntegerData)actual).Values<long>(batch).Slice(start, values.Length);
                for (int i = 0; i < wide.Length; i++)
                {
                    values[i] = wide[i];
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(ReadOnlySpan<short> integers, Span<float> values)
    {
        int i = 0;
        for (; i + Vector<short>.Count <= values.Length; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(integers[i..]), out Vector<int> low, out Vector<int> high);
            Vector.ConvertToSingle(low).CopyTo(values[i..]);
            Vector.ConvertToSingle(high).CopyTo(values[(i + Vector<int>.Count)..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = integers[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(ReadOnlySpan<int> integers, Span<float> values)
    {
        int i = 0;
        for (; i + Vector<int>.Count <= values.Length; i += Vector<int>.Count)
        {
            Vector.ConvertToSingle(new Vector<int>(integers[i..])).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = integers[i];
        }
    }

    /// <summary>Adds a row of lanes. Vectors and single values round alike: nothing is fused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> integers, ErrorLanes lanes)
    {
        int whole = integers.Length - (integers.Length % Vector<float>.Count);
        ReadOnlySpan<Vector<float>> floats = MemoryMarshal.Cast<float, Vector<float>>(expected[..whole]);
        ReadOnlySpan<Vector<float>> values = MemoryMarshal.Cast<float, Vector<float>>(integers[..whole]);
        ReadOnlySpan<Vector<float>> steps = MemoryMarshal.Cast<float, Vector<float>>(lanes.Steps.AsSpan(0, whole));
        ReadOnlySpan<Vector<float>> offsets = MemoryMarshal.Cast<float, Vector<float>>(lanes.Offsets.AsSpan(0, whole));
        Span<Vector<float>> signal = MemoryMarshal.Cast<float, Vector<float>>(Signal.AsSpan(0, whole));
        Span<Vector<float>> noise = MemoryMarshal.Cast<float, Vector<float>>(Noise.AsSpan(0, whole));
        Span<Vector<float>> clipped = MemoryMarshal.Cast<float, Vector<float>>(Clipped.AsSpan(0, whole));
        Span<Vector<float>> floatPeaks = MemoryMarshal.Cast<float, Vector<float>>(FloatPeaks.AsSpan(0, whole));
        Span<Vector<float>> peaks = MemoryMarshal.Cast<float, Vector<float>>(QuantizedPeaks.AsSpan(0, whole));
        Vector<float> least = new(lanes.Least);
        Vector<float> greatest = new(lanes.Greatest);
        Vector<int> saturated = Vector<int>.Zero;
        for (int i = 0; i < floats.Length; i++)
        {
            Vector<float> real = floats[i] * lanes.Scale;
            Vector<float> difference = real - ((values[i] * steps[i]) - offsets[i]);
            Vector<float> square = difference * difference;
            Vector<int> isSaturated = Vector.LessThanOrEqual(values[i], least) | Vector.GreaterThanOrEqual(values[i], greatest);
            signal[i] += real * real;
            noise[i] += square;
            clipped[i] += Vector.ConditionalSelect(isSaturated, square, Vector<float>.Zero);
            floatPeaks[i] = Vector.Max(floatPeaks[i], Vector.Abs(real));
            peaks[i] = Vector.Max(peaks[i], Vector.Abs(values[i]));
            saturated -= isSaturated;
        }

        Saturated += Vector.Sum(saturated);
        for (int i = whole; i < integers.Length; i++)
        {
            float real = expected[i] * lanes.Scale;
            float difference = real - ((integers[i] * lanes.Steps[i]) - lanes.Offsets[i]);
            float square = difference * difference;
            Signal[i] += real * real;
            Noise[i] += square;
            FloatPeaks[i] = Math.Max(FloatPeaks[i], Math.Abs(real));
            QuantizedPeaks[i] = Math.Max(QuantizedPeaks[i], Math.Abs(integers[i]));
            if (integers[i] <= lanes.Least || integers[i] >= lanes.Greatest)
            {
                Clipped[i] += square;
                Saturated++;
            }
        }
    }
}
