using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Adds the bias of each channel to the accumulators and saturates them (layers.md 2.4, convert.md 6.1).</summary>
public sealed class BiasAddition : ChannelStep
{
    private readonly long[] _bias;
    private readonly int _valueBits;
    private readonly ChannelOperation<Addition> _operation;

    /// <summary>An addition.</summary>
    /// <param name="bias">One integer a channel, already shifted.</param>
    /// <param name="valueBits">The magnitude bits of the accumulators.</param>
    public BiasAddition(long[] bias, int valueBits)
        : this(bias, valueBits, InstructionSets.Best)
    {
    }

    internal BiasAddition(long[] bias, int valueBits, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(bias);
        _bias = bias;
        _valueBits = valueBits;
        bool isExact = valueBits < 52 && Array.TrueForAll(bias, value => Math.Abs(value) < ChannelParameters.Exact / 2);
        double[][]? parameters = isExact ? [Array.ConvertAll(bias, value => (double)value)] : null;
        _operation = new ChannelOperation<Addition>(new Addition(bias, valueBits), bias.Length, parameters, set);
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A sum does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) => _operation.Run(input, output, batch);

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => Rounding.Saturate(value + _bias[channel], _valueBits);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        ValueRange range = ValueRange.OfBits(_valueBits);
        if (!line.TryAdd(_bias[channel]))
        {
            return false;
        }

        line.Clamp(range.Min, range.Max);
        return true;
    }

    private readonly struct Addition(long[] bias, int valueBits) : IChannelOperation
    {
        private readonly double _least = -Math.ScaleB(1, valueBits);
        private readonly double _greatest = Math.ScaleB(1, valueBits) - 1;

        public long Apply(long value, int channel) => Rounding.Saturate(value + bias[channel], valueBits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public unsafe TVector Apply<TVector, TLanes>(TVector values, double* parameters, nint period)
            where TLanes : struct, IDoubleLanes<TVector>
        {
            // A lane: accumulator + the bias of its channel. |accumulator| <= 2^31 and |bias| < 2^51, so that the sum is exact;
            // then at most 2^n - 1 and at least -2^n, for n < 52 whole numbers that a double holds.
            TVector sum = TLanes.Add(values, TLanes.Load(parameters));
            return TLanes.Max(TLanes.Min(sum, TLanes.Broadcast(_greatest)), TLanes.Broadcast(_least));
        }
    }
}
