using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Brings accumulators to the fractional bits of an output: times an integer scale, saturated, shifted with
/// rounding half towards +infinity, clamped (numerics.md 5.4 and 2.4, convert.md 6.1).
/// </summary>
public sealed class OutputScaling : ChannelStep
{
    private readonly Scaling _scaling;
    private readonly ChannelOperation<Scaling> _operation;
    private readonly ValueRange _outputRange;

    /// <summary>A scaling.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="scales">One factor a channel; null for no factor and no saturation of the product.</param>
    /// <param name="shifts">One shift a channel: left when positive, right when negative.</param>
    /// <param name="scaledValueBits">The magnitude bits of the product.</param>
    /// <param name="outputRange">The range of the results.</param>
    public OutputScaling(int channels, int[]? scales, int[] shifts, int scaledValueBits, ValueRange outputRange)
        : this(channels, scales, shifts, scaledValueBits, outputRange, InstructionSets.Best)
    {
    }

    internal OutputScaling(int channels, int[]? scales, int[] shifts, int scaledValueBits, ValueRange outputRange, InstructionSet set)
    {
        KernelArguments.ExpectLength(scales, channels, nameof(scales));
        KernelArguments.ExpectLength(shifts, channels, nameof(shifts));
        _outputRange = outputRange;
        ValueRange limits = scales is null ? new ValueRange(long.MinValue, long.MaxValue) : ValueRange.OfBits(scaledValueBits);
        int[] factors = scales ?? KernelArguments.PerChannel([1], channels, nameof(scales));

        // A product p of at most 2^52 stays exact when a half is added to p / 2^s, since that is (p + 2^(s-1)) / 2^s; for
        // larger s it is 0 either way. A left shift that loses the half is far outside the output range.
        bool isExact = Array.TrueForAll(factors, factor => Math.Abs((long)factor) <= ChannelParameters.Exact >> 31)
            && outputRange.Magnitude < ChannelParameters.Exact / 2;
        double[][]? parameters = isExact
            ? [Array.ConvertAll(factors, factor => (double)factor), Array.ConvertAll(shifts, ChannelParameters.Power)]
            : null;
        _scaling = new Scaling(factors, shifts, limits, outputRange);
        _operation = new ChannelOperation<Scaling>(_scaling, channels, parameters, set);
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape, in a storage that holds the output range.</param>
    /// <param name="batch">The number of samples.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch)
    {
        KernelArguments.ExpectStorage(output, _outputRange);
        _operation.Run(input, output, batch);
    }

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => _scaling.Apply(value, channel);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel) => _scaling.TryContinue(ref line, channel);

    private readonly struct Scaling(int[] scales, int[] shifts, ValueRange limits, ValueRange range) : IChannelOperation
    {
        public long Apply(long value, int channel)
        {
            long product = Math.Clamp(value * scales[channel], limits.Min, limits.Max);
            return Math.Clamp(Rounding.ShiftRound(product, shifts[channel]), range.Min, range.Max);
        }

        public bool TryContinue(ref ChannelLine line, int channel)
        {
            if (!line.TryMultiply(scales[channel]))
            {
                return false;
            }

            line.Clamp(limits.Min, limits.Max);
            if (!line.TryShiftRound(shifts[channel]))
            {
                return false;
            }

            line.Clamp(range.Min, range.Max);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public unsafe TVector Apply<TVector, TLanes>(TVector values, double* parameters, nint period)
            where TLanes : struct, IDoubleLanes<TVector>
        {
            // A lane: the accumulator times the factor of its channel, at most 2^31 * 2^21 = 2^52 and so exact; clamped; times
            // 2^shift, which changes only the exponent; plus a half and rounded down, which rounds halves up; clamped.
            TVector product = TLanes.Multiply(values, TLanes.Load(parameters));
            product = TLanes.Max(TLanes.Min(product, TLanes.Broadcast(limits.Max)), TLanes.Broadcast(limits.Min));
            TVector shifted = TLanes.Multiply(product, TLanes.Load(parameters + period));
            TVector rounded = TLanes.Floor(TLanes.Add(shifted, TLanes.Broadcast(0.5)));
            return TLanes.Max(TLanes.Min(rounded, TLanes.Broadcast(range.Max)), TLanes.Broadcast(range.Min));
        }
    }
}
