using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

/// <summary>Which parameters meet which element, and what is done element by element.</summary>
public sealed class ChannelOperationTests
{
    private static readonly Gen<(int Channels, int Batch, int Positions)> Sizes = Gen.Select(Gen.Int[1, 70], Gen.Int[1, 3], Gen.Int[1, 9]);

    [Theory]
    [EachInstructionSet]
    public void Every_element_meets_both_parameters_of_its_channel(string instructions) =>
        (from sizes in Sizes
         from values in ChannelCases.Integers(ValueRange.OfBits(15), sizes)
         from storages in Gen.Select(Gen.Enum<IntegerStorage>(), Gen.OneOf(IntegerStorage.Int32, IntegerStorage.Int64))
         from isVector in Gen.Bool
         select (sizes, values, storages, isVector)).Sample(
            (sizes, values, storages, isVector) =>
            {
                double[][]? parameters = isVector
                    ? [[.. Enumerable.Range(1, sizes.Channels)], [.. Enumerable.Range(1, sizes.Channels).Select(c => 1000.0 * c)]]
                    : null;
                ChannelOperation<Line> operation = new(default, sizes.Channels, parameters, InstructionSets.Choose(instructions));
                ChannelCases.Check(
                    sizes, values, storages.Item1, storages.Item2, operation.Run, (value, c) => (value * (c + 1)) + (1000 * (c + 1)));
            },
            iter: 500);

    [Theory]
    [EachInstructionSet]
    public void A_result_that_does_not_fit_is_reported_wherever_it_stands(string instructions) =>
        (from count in Gen.Int[1, 40]
         from at in Gen.Int[0, count - 1]
         from value in Gen.OneOf(31768L, -32769L - 1000, -40000L, 32767L)
         select (count, at, value)).Sample(
            (count, at, value) =>
            {
                long[] values = new long[count];
                values[at] = value;
                ChannelOperation<Line> operation = new(default, 1, [[1], [1000]], InstructionSets.Choose(instructions));
                IntegerData input = Cases.Buffer(values, count, IntegerStorage.Int32);
                Assert.Throws<OverflowException>(() => operation.Run(input, new IntegerData(count, 1, IntegerStorage.Int16), 1));
            });

    /// <summary>Times the first parameter, 1 + channel, plus the second, 1000 times that.</summary>
    private readonly struct Line : IChannelOperation
    {
        public long Apply(long value, int channel) => (value * (channel + 1)) + (1000 * (channel + 1));

        public unsafe TVector Apply<TVector, TLanes>(TVector values, double* parameters, nint period)
            where TLanes : struct, IDoubleLanes<TVector> =>
            TLanes.Add(TLanes.Multiply(values, TLanes.Load(parameters)), TLanes.Load(parameters + period));
    }
}
