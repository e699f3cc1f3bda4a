using System.Numerics;
using System.Numerics.Tensors;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Joins tensors along one axis (layers.md 7.2).</summary>
public sealed class Concatenation
{
    private readonly int[] _runs;
    private readonly int _stride;

    /// <summary>A concatenation.</summary>
    /// <param name="runs">
    /// How many neighbouring elements of each input stay together: the product of its dimensions from the joined axis
    /// on.
    /// </param>
    public Concatenation(params int[] runs)
    {
        _runs = runs;
        _stride = runs.Sum();
    }

    /// <summary>
    /// The elements that one sample of each input keeps together: its dimensions from <paramref name="axis"/> on,
    /// multiplied.
    /// </summary>
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
            StorageDispatch.Run(new Placing(_runs[i], _stride, offset), (IntegerData)inputs[i], output, batch);
            offset += _runs[i];
        }
    }

    /// <summary>Puts the runs of one input where they stand in the joined tensor.</summary>
    /// <remarks>Each lane converts an element, which fits the output, so that none changes.</remarks>
    private readonly struct Placing(int run, int stride, int offset) : IStoragePairOperation
    {
        public void Run<TFrom, TTo>(ReadOnlySpan<TFrom> input, Span<TTo> output)
            where TFrom : unmanaged, IBinaryInteger<TFrom>
            where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo>
        {
            for (int from = 0, to = offset; from < input.Length; from += run, to += stride)
            {
                TensorPrimitives.ConvertTruncating(input.Slice(from, run), output.Slice(to, run));
            }
        }
    }
}
