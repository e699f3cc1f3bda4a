using System.Numerics;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Applies an operation to every integer of a batch, from any storage to any storage. Integers of up to 32 bits
/// go through vectors of doubles when the operation has parameters for them, all others through 64-bit integers.
/// </summary>
/// <remarks>
/// <para>
/// Vectors follow one another through the tensor without regard to where a pixel ends, so that lane i of one holds any
/// channel. The parameters are repeated until a vector can start at their beginning again: the period is the least common
/// multiple of the channels and 8, the lanes of the widest vector, which those of the narrower ones divide. For 3 channels
/// and vectors of 4 lanes, the period of 24 elements begins:
/// </para>
/// <code>
///   channel of the elements   [0 1 2 0] [1 2 0 1] [2 0 1 2] [0 1 2 0] ...
///   parameters                [p q r p] [q r p q] [r p q r] [p q r p] ...
/// </code>
/// <para>A second parameter has a run of the same length one period further on, a third one two periods.</para>
/// <para>
/// Results are exact: an operation has parameters only if all that it computes from integers of 32 bits stays where doubles
/// hold every integer, or is saturated to there. The least and the greatest result of each lane are kept along the way,
/// the only thing for which lanes are looked at together, at the end: what does not fit the output is an error.
/// </para>
/// </remarks>
internal sealed class ChannelOperation<TOperation>
    where TOperation : struct, IChannelOperation
{
    /// <summary>The doubles of the widest vector.</summary>
    private const int Lanes = 8;
    private readonly TOperation _operation;
    private readonly int _channels;
    private readonly InstructionSet _set;
    private readonly int _period;
    private readonly AlignedArray<double>? _parameters;

    /// <summary>Lays out the parameters so that any run of lanes finds those of its channels side by side.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="parameters">Values for each channel, one array a parameter; null when the operation is not exact in doubles.</param>
    /// <param name="set">The form to use.</param>
    public ChannelOperation(TOperation operation, int channels, double[][]? parameters, InstructionSet set)
    {
        _operation = operation;
        _channels = channels;
        _set = set;
        if (parameters is null)
        {
            return;
        }

        _period = channels * Lanes / (int)BigInteger.GreatestCommonDivisor(channels, Lanes);
        _parameters = new AlignedArray<double>(parameters.Length * _period);
        for (int i = 0; i < _parameters.Length; i++)
        {
            _parameters.Span[i] = parameters[i / _period][i % _period % channels];
        }
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A result does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) =>
        StorageDispatch.Run(new Operation(this), input, output, batch);

    private void Run<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        output = output[..input.Length];
        int done = 0;
        if (_parameters is not null && typeof(TIn) != typeof(long))
        {
            done = _set switch
            {
                InstructionSet.Vector512 => RunVectors<TIn, TOut, Vector512<double>, DoubleLanes512>(input, output),
                InstructionSet.Vector256 or InstructionSet.Vector256Vnni =>
                    RunVectors<TIn, TOut, Vector256<double>, DoubleLanes256>(input, output),
                InstructionSet.Vector128 => RunVectors<TIn, TOut, Vector128<double>, DoubleLanes128>(input, output),
                _ => 0,
            };
        }

        for (int c = done % _channels; done < input.Length; done++)
        {
            output[done] = TOut.CreateChecked(_operation.Apply(long.CreateTruncating(input[done]), c));
            c = c + 1 == _channels ? 0 : c + 1;
        }
    }

    private unsafe int RunVectors<TIn, TOut, TVector, TLanes>(ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
        where TVector : struct
        where TLanes : struct, IDoubleLanes<TVector>
    {
        int count = input.Length / TLanes.Count * TLanes.Count;
        // Starting from 0, which fits every storage.
        TVector least = TLanes.Broadcast(0);
        TVector greatest = TLanes.Broadcast(0);
        fixed (TIn* from = input)
        fixed (TOut* to = output)
        fixed (double* parameters = _parameters!.Span)
        {
            TOperation operation = _operation;
            nint period = _period;
            nint offset = 0;
            for (nint i = 0; i < count; i += TLanes.Count)
            {
                // Lane j: element i + j, and its channel's parameter at offset + j.
                TVector result = operation.Apply<TVector, TLanes>(TLanes.Load(from + i), parameters + offset, period);
                least = TLanes.Min(least, result);
                greatest = TLanes.Max(greatest, result);
                TLanes.Store(result, to + i);
                offset += TLanes.Count;
                offset = offset == period ? 0 : offset;
            }
        }

        // The lanes are laid out in memory, Count least ones and Count greatest ones.
        double* lanes = stackalloc double[2 * TLanes.Count];
        TLanes.Store(least, lanes);
        TLanes.Store(greatest, lanes + TLanes.Count);
        for (int i = 0; i < TLanes.Count; i++)
        {
            // Throws where a result did not fit.
            _ = TOut.CreateChecked((long)lanes[i]);
            _ = TOut.CreateChecked((long)lanes[TLanes.Count + i]);
        }

        return count;
    }

    private readonly struct Operation(ChannelOperation<TOperation> owner) : IStoragePairOperation
    {
        public void Run<TFrom, TTo>(ReadOnlySpan<TFrom> input, Span<TTo> output)
            where TFrom : unmanaged, IBinaryInteger<TFrom>
            where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo> => owner.Run(input, output);
    }
}
