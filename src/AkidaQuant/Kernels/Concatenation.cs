using System.Numerics;
using System.Numerics.Tensors;

namespace AkidaQuant.Kernels;

/// <summary>Joins tensors along one axis (layers.md 7.2).</summary>
public sealed class Concatenation
{
    private readonly int[] _runs;
    private readonly int _stride;

    /// <summary>A concatenation.</summary>
    /// <param name="runs">How many neighbouring elements of each input stay together: the product of its dimensions from the joined axis on.</param>
    public Concatenation(params int[] runs)
    {
        _runs = runs;
        _stride = runs.Sum();
    }

    /// <summary>The elements that one sample of each input keeps together: its dimensions from <paramref name="axis"/> on, multiplied.</summary>
    public static int Run(Shape shape, int axis)
    {
        int run = 1;
        for (int i = axis; i < shape.Rank; i++)
        {
            run *= shape[i];
        }

        return run;
    }

    /// <summary>Joins float32 tensors.</summary>
    public void Run(ReadOnlySpan<TensorData> inputs, FloatData output, int batch)
    {
        int offset = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            ReadOnlySpan<float> source = ((FloatData)inputs[i]).Values(batch);
            Span<float> destination = output.Values(batch);
            for (int from = 0, to = offset; from < source.Length; from += _runs[i], to += _stride)
            {
                source.Slice(from, _runs[i]).CopyTo(destination[to..]);
            }

            offset += _runs[i];
        }
    }

    /// <summary>Joins tensors of integers, each in a storage of its own.</summary>
    /// <param name="inputs">The tensors, whose integers fit the output's storage.</param>
    /// <param name="output">The joined tensor.</param>
    /// <param name="batch">The number of samples.</param>
    public void Run(ReadOnlySpan<TensorData> inputs, IntegerData output, int batch)
    {
        int offset = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            var input = (IntegerData)inputs[i];
            switch (input.Storage)
            {
                case IntegerStorage.Int16:
                    Copy<short>(input.Values<short>(batch), _runs[i], output, offset, batch);
                    break;
                case IntegerStorage.Int32:
                    Copy<int>(input.Values<int>(batch), _runs[i], output, offset, batch);
                    break;
                default:
                    Copy<long>(input.Values<long>(batch), _runs[i], output, offset, batch);
                    break;
            }

            offset += _runs[i];
        }
    }

    private void Copy<TFrom>(ReadOnlySpan<TFrom> source, int run, IntegerData output, int offset, int batch)
        where TFrom : unmanaged, INumber<TFrom>
    {
        switch (output.Storage)
        {
            case IntegerStorage.Int16:
                Copy(source, run, output.Values<short>(batch), offset);
                break;
            case IntegerStorage.Int32:
                Copy(source, run, output.Values<int>(batch), offset);
                break;
            default:
                Copy(source, run, output.Values<long>(batch), offset);
                break;
        }
    }

    private void Copy<TFrom, TTo>(ReadOnlySpan<TFrom> source, int run, Span<TTo> destination, int offset)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (int from = 0, to = offset; from < source.Length; from += run, to += _stride)
        {
            TensorPrimitives.ConvertTruncating(source.Slice(from, run), destination.Slice(to, run));
        }
    }
}
