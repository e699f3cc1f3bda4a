using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Clamps integers between 0 and the maximum of their channel (layers.md 5.1, convert.md 6.1).</summary>
public sealed class Rectification : ChannelStep
{
    private readonly long[] _maximum;
    private readonly ChannelOperation<Clamp> _operation;

    /// <summary>A rectification; <paramref name="maximum"/> has one integer a channel, or is null for no upper bound.</summary>
    public Rectification(int channels, long[]? maximum)
        : this(channels, maximum, InstructionSets.Best)
    {
    }

    internal Rectification(int channels, long[]? maximum, InstructionSet set)
    {
        KernelArguments.ExpectLength(maximum, channels, nameof(maximum));
        long[] bounds = maximum ?? KernelArguments.PerChannel<long>([long.MaxValue], channels, nameof(maximum));

        _maximum = bounds;

        // Inputs of 32 bits cannot tell a larger bound from this one.
        double[] parameters = Array.ConvertAll(bounds, bound => (double)Math.Clamp(bound, int.MinValue, int.MaxValue));
        _operation = new ChannelOperation<Clamp>(new Clamp(bounds), channels, [parameters], set);
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A result does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) => _operation.Run(input, output, batch);

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => Math.Min(Math.Max(value, 0), _maximum[channel]);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        line.Clamp(Math.Min(0, _maximum[channel]), _maximum[channel]);
        return true;
    }

    private readonly struct Clamp(long[] maximum) : IChannelOperation
    {
        public long Apply(long value, int channel) => Math.Min(Math.Max(value, 0), maximum[channel]);

        /// <remarks>A lane: at least 0, then at most the maximum of its channel. Nothing is computed that could be rounded.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public unsafe TVector Apply<TVector, TLanes>(TVector values, double* parameters, nint period)
            where TLanes : struct, IDoubleLanes<TVector> =>
            TLanes.Min(TLanes.Max(values, TLanes.Broadcast(0)), TLanes.Load(parameters));
    }
}
