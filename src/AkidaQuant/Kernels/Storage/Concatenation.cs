using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;

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
    /// <param name="inputs">The tensors.</param>
    /// <param name="output">The joined tensor.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<TensorData> inputs, FloatData output, int batch, WorkShare share = default)
    {
        int offset = 0;
        (int start, int end) = share.Of(batch * output.SampleSize / _stride);
        for (int i = 0; i < _runs.Length; i++)
        {
            ReadOnlySpan<float> source = ((FloatData)inputs[i]).Values(batch);
            Span<float> destination = output.Values(batch);
            for (int row = start; row < end; row++)
            {
                source.Slice(row * _runs[i], _runs[i]).CopyTo(destination[((row * _stride) + offset)..]);
            }

            offset += _runs[i];
        }
    }

    /// <summary>Joins tensors of integers, each in a storage of its own.</summary>
    /// <param name="inputs">The tensors, whose integers fit the output's storage.</param>
    /// <param name="output">The joined tensor.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<TensorData> inputs, IntegerData output, int batch, WorkShare share = default)
    {
        int offset = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            StorageDispatch.Run(new Placing(_runs[i], _stride, offset, share), (IntegerData)inputs[i], output, batch);
            offset += _runs[i];
        }
    }

    /// <summary>Puts the runs of one input where they stand in the joined tensor.</summary>
    /// <remarks>Each lane converts an element, which fits the output, so that none changes.</remarks>
    private readonly struct Placing(int run, int stride, int offset, WorkShare share) : IStoragePairOperation
    {
        public void Run<TFrom, TTo>(ReadOnlySpan<TFrom> input, Span<TTo> output)
            where TFrom : unmanaged, IBinaryInteger<TFrom>
            where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo>
        {
            (int start, int end) = share.Of(input.Length / run);
            for (int row = start; row < end; row++)
            {
                TensorPrimitives.ConvertTruncating(input.Slice(row * run, run), output.Slice((row * stride) + offset, run));
            }
        }
    }
}
