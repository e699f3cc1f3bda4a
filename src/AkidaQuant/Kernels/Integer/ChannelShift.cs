using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Shifts each channel to the left and saturates it (numerics.md 2.4, Upscale and Expand).</summary>
public sealed class ChannelShift
{
    private readonly ChannelOperation<Shift> _operation;

    /// <summary>A shift; <paramref name="shifts"/> has one value a channel, none negative.</summary>
    public ChannelShift(int channels, int[] shifts, int valueBits)
        : this(channels, shifts, valueBits, InstructionSets.Best)
    {
    }

    internal ChannelShift(int channels, int[] shifts, int valueBits, InstructionSet set)
    {
        KernelArguments.ExpectLength(shifts, channels, nameof(shifts));
        double[][]? parameters = valueBits < 52 ? [Array.ConvertAll(shifts, ChannelParameters.Power)] : null;
        _operation = new ChannelOperation<Shift>(new Shift(shifts, valueBits), channels, parameters, set);
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A result does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) => _operation.Run(input, output, batch);

    private readonly struct Shift(int[] shifts, int valueBits) : IChannelOperation
    {
        private readonly long _limit = 1L << valueBits;

        public long Apply(long value, int channel) => ShiftedInput.SaturatedShift(value, shifts[channel], _limit);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public unsafe TVector Apply<TVector, TLanes>(TVector values, double* parameters, nint period)
            where TLanes : struct, IDoubleLanes<TVector>
        {
            // A lane: value * 2^shift of its channel. A power of two changes only the exponent, so that the product is exact
            // whatever the shift; then it is clamped to n < 52 bits.
            TVector shifted = TLanes.Multiply(values, TLanes.Load(parameters));
            return TLanes.Max(TLanes.Min(shifted, TLanes.Broadcast(_limit - 1)), TLanes.Broadcast(-_limit));
        }
    }
}
