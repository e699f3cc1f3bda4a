using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class UnpackedContractionTests
{
    [Fact]
    public void Weights_are_packed_once_when_the_first_sums_are_asked_for()
    {
        int packed = 0;
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, 2), (1, 1), (1, 1), (1, 1), Padding.Valid, 1);
        IntegerContraction contraction = IntegerContraction.Create(
            g, [3, -2], null, ValueRange.OfBits(7), 27, [0, 0], InstructionSets.Best).Packed;
        UnpackedContraction unpacked = new(
            contraction.OutputRange,
            () =>
            {
                Interlocked.Increment(ref packed);
                Thread.Sleep(20);
                return contraction;
            });
        Assert.Equal(new ValueRange(-638, 637), unpacked.OutputRange);
        Assert.Equal(0, packed);
        IntegerData input = Cases.Buffer([5, 7], 2, IntegerStorage.Int16);
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                IntegerData output = new(1, 1, IntegerStorage.Int16);
                unpacked.Run(input, output, 1, default, null);
                Assert.Equal([1L], Cases.Values(output));
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(1, packed);
    }

    [Fact]
    public void Sums_that_are_too_wide_are_refused_before()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, 2), (1, 1), (1, 1), (1, 1), Padding.Valid, 1);
        Assert.Throws<QuantException>(() => IntegerContraction.Create(
            g, [1 << 30, 1 << 30], null, ValueRange.OfBits(32), 60, [0, 0], InstructionSets.Best));
    }
}
