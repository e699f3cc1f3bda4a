using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// A contraction with weights of one cell that are 0 off their diagonal: every channel times a factor of its own, each product
/// saturated once. The same sums, and the same range of them, as with all weights.
/// </summary>
/// <remarks>
/// A sum is a step from integer to integer as those behind it, so that shifts, factors and whatever finishes the sums are one
/// <see cref="IntegerFinish"/>, which reads the input and writes the output in one pass.
/// </remarks>
internal sealed class DiagonalContraction : IntegerContraction
{
    private readonly int _positions;
    private readonly IntegerFinish _sums;
    private Finished _last;

    /// <summary>Finds out what the products can reach.</summary>
    /// <param name="positions">The pixels of a sample.</param>
    /// <param name="factors">One for each channel.</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the product; null for none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of products.</param>
    /// <param name="set">The form to use.</param>
    /// <exception cref="ArgumentException">There is not one shift for each channel.</exception>
    /// <exception cref="QuantException">SumsTooWide: a product may exceed 63 bits.</exception>
    public DiagonalContraction(
        int positions, int[] factors, int[]? inputShift, ValueRange inputRange, int valueBits, InstructionSet set)
    {
        KernelArguments.ExpectLength(inputShift, factors.Length, nameof(inputShift));
        _positions = positions;
        int channels = factors.Length;
        var ranges = new ValueRange[channels];
        for (int c = 0; c < channels; c++)
        {
            ranges[c] = SumBounds.ChannelRange(inputRange, inputShift?[c], valueBits, padding: null);
        }

        OutputRange = SumBounds.Of(factors, channels, ranges, isChannelwise: true).Saturated(ValueRange.OfBits(valueBits));
        ChannelFactor product = new(factors, valueBits);
        ChannelStep[] steps = inputShift is null ? [product] : [new ChannelShift(channels, inputShift, valueBits), product];
        _sums = new IntegerFinish(channels, inputRange, OutputRange, steps, set);
        _last = new Finished(null, _sums);
    }

    /// <inheritdoc/>
    public override void Run(IntegerData input, IntegerData output, int samples, WorkShare share, IntegerFinish? finish)
    {
        // A contraction is nearly always run with one finish; of several threads that find another one each may keep its own.
        Finished last = Volatile.Read(ref _last);
        if (last.Finish != finish)
        {
            last = new Finished(finish, finish is null ? _sums : _sums.Then(finish));
            Volatile.Write(ref _last, last);
        }

        last.Whole.RunRows(input, output, samples * _positions, share);
    }

    /// <summary>What becomes of the sums, and everything that becomes of the input then.</summary>
    private sealed record Finished(IntegerFinish? Finish, IntegerFinish Whole);
}
