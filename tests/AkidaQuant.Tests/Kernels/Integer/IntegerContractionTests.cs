using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Tests.Kernels.Integer;

/// <summary>Which arithmetic is chosen, and when shifts become part of the weights.</summary>
public sealed class IntegerContractionTests
{
    private static readonly ValueRange Byte = ValueRange.OfBits(7);

    [Theory]
    [InlineData(1, 15, typeof(short), typeof(int))]
    [InlineData(32767, 15, typeof(short), typeof(int))]
    [InlineData(32768, 15, typeof(double), typeof(double))]
    [InlineData(1, 16, typeof(double), typeof(double))]
    [InlineData(1 << 30, 23, typeof(double), typeof(double))]
    [InlineData(1 << 30, 24, typeof(long), typeof(long))]
    public void The_narrowest_exact_arithmetic_is_taken(int weight, int inputBits, Type image, Type sum)
    {
        IntegerContraction contraction = Create([weight], null, ValueRange.OfBits(inputBits));
        Assert.Equal([image, sum], contraction.GetType().GetGenericArguments());
    }

    [Fact]
    public void Two_products_that_exceed_31_bits_together_are_not_paired() => Assert.Equal(
        [typeof(double), typeof(double)],
        Create([-32768, -32768], null, ValueRange.OfBits(15)).GetType().GetGenericArguments());

    [Theory]
    [InlineData(short.MinValue, short.MaxValue, true)]
    [InlineData(short.MinValue - 1, 0, false)]
    [InlineData(0, short.MaxValue + 1, false)]
    public void Sixteen_bits_have_their_ends(long min, long max, bool fits) =>
        Assert.Equal(fits, IntegerContraction.Fits16(new ValueRange(min, max)));

    [Fact]
    public void Weights_take_up_the_shifts_of_their_channels()
    {
        Assert.Equal<int[]?>([1, 2, 12, 16], IntegerContraction.Fold([1, 2, 3, 4], 2, [0, 2], Byte, 27, []));
        Assert.Equal<int[]?>([1, 2, 3, 4], IntegerContraction.Fold([1, 2, 3, 4], 2, null, Byte, 27, [5]));
        Assert.Equal<int[]?>([1, 2, 3, 4], IntegerContraction.Fold([1, 2, 3, 4], 2, [0, 0], Byte, 27, [5]));
    }

    [Fact]
    public void Weights_do_not_take_up_shifts_where_that_is_not_the_same()
    {
        Assert.Null(IntegerContraction.Fold([1], 1, [1], Byte, 7, []));
        Assert.Null(IntegerContraction.Fold([1], 1, [16], Byte, 40, []));
        Assert.Null(IntegerContraction.Fold([1], 1, [1], Byte, 27, [5]));
        Assert.Null(IntegerContraction.Fold([16384], 1, [1], Byte, 27, []));
        Assert.Equal<int[]?>([-32768], IntegerContraction.Fold([-16384], 1, [1], Byte, 27, [0]));
    }

    [Theory]
    [EachInstructionSet]
    public void Small_weights_and_activations_are_multiplied_as_bytes_where_the_set_can(string instructions)
    {
        InstructionSet set = InstructionSets.Choose(instructions);
        Type image = set is InstructionSet.Plain or InstructionSet.Vector128 ? typeof(short) : typeof(byte);
        Assert.Equal([image, typeof(int)], Create([7, -8], [2, 2], Byte, set).GetType().GetGenericArguments());
        Assert.Equal([typeof(short), typeof(int)], Create([7, -8], [3, 8], Byte, set).GetType().GetGenericArguments());
        Assert.Equal([typeof(short), typeof(int)], Create([7, -8], null, ValueRange.OfBits(8), set).GetType().GetGenericArguments());
    }

    private static IntegerContraction Create(
        int[] weights, int[]? shift, ValueRange range, InstructionSet set = InstructionSet.Plain)
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, 1, weights.Length), (1, 1), (1, 1), (1, 1), Padding.Valid, 1);
        return IntegerContraction.Create(g, weights, shift, range, 60, new int[weights.Length], set).Packed;
    }
}
