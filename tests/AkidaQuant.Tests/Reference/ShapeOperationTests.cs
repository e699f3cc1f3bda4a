using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class ShapeOperationTests
{
    private static readonly FixedPoint PerTensor = Fixed([[1, 2, 3], [4, 5, 6]], 7, 2);
    private static readonly FixedPoint PerAxis = Fixed([[1, 2, 3], [4, 5, 6]], 7, 1, 2, 3);
    private static readonly QFloat Scaled = new(PerTensor, Scales(0.1f, 0.2f, 0.3f));

    [Fact]
    public void Reshape_keeps_the_channels_of_a_per_axis_tensor()
    {
        Assert.Equal(new Shape(3, 2), ShapeOperations.Reshape(PerTensor, new Shape(3, 2)).Shape);
        Assert.Equal(new Shape(6), ShapeOperations.Reshape(PerTensor, new Shape(Shape.Unknown)).Shape);
        Check(ShapeOperations.Reshape(PerAxis, new Shape(1, Shape.Unknown, 3)), [1, 2, 3, 4, 5, 6], 7, BitsOf(1, 2, 3));
        Assert.Equal("AssertionLastAxis", IdOf(() => ShapeOperations.Reshape(PerAxis, new Shape(2, Shape.Unknown))));
        Assert.Equal("AssertionLastAxis", IdOf(() => ShapeOperations.Reshape(PerAxis, new Shape(6))));
        Assert.Equal("AssertionLastAxis", IdOf(() => ShapeOperations.Reshape(Scaled, new Shape(6))));
        Assert.Equal(Scaled.Scales, ShapeOperations.Reshape(Scaled, new Shape(1, 2, 3)).Scales);
        Assert.Equal("ReshapeSize", IdOf(() => ShapeOperations.Reshape(PerTensor, new Shape(4))));
        Assert.Equal("ReshapeSize", IdOf(() => ShapeOperations.Reshape(PerTensor, new Shape(4, Shape.Unknown))));
    }

    [Fact]
    public void Transpose_is_per_tensor()
    {
        Check(ShapeOperations.Transpose(PerTensor), [1, 4, 2, 5, 3, 6], 7, Bits(2));
        FixedPoint cube = ShapeOperations.Transpose(Fixed([1, 2, 3], [1, 2, 3, 4, 5, 6], 7, 0), [2, 0, 1]);
        Check(cube, [1, 4, 2, 5, 3, 6], 7, Bits(0));
        Assert.Equal(new Shape(3, 1, 2), cube.Shape);
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Transpose(PerAxis)));
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Transpose(Scaled)));
        Assert.Equal("PermutationInvalid", IdOf(() => ShapeOperations.Transpose(PerTensor, [0, 0])));
    }

    [Fact]
    public void Broadcast_keeps_the_last_axis()
    {
        Check(ShapeOperations.Broadcast(Fixed([[1, 2]], 7, 1, 2), new Shape(2, 2)), [1, 2, 1, 2], 7, BitsOf(1, 2));
        Assert.Equal("AssertionLastAxis", IdOf(() => ShapeOperations.Broadcast(Fixed([[1], [2]], 7, 0), new Shape(2, 3))));
        Assert.Equal("ShapesDoNotBroadcast", IdOf(() => ShapeOperations.Broadcast(PerTensor, new Shape(5, 3))));
        Assert.Equal(Scaled.Scales, ShapeOperations.Broadcast(Scaled, new Shape(2, 2, 3)).Scales);
    }

    [Fact]
    public void Concat_along_the_last_axis_always_gives_a_vector()
    {
        FixedPoint second = Fixed([[7], [8]], 9, 3);
        foreach (int axis in new[] { -1, 1 })
        {
            FixedPoint joined = Joining.Concat(PerTensor, second, axis);
            Check(joined, [1, 2, 3, 7, 4, 5, 6, 8], 9, BitsOf(2, 2, 2, 3));
            Assert.Equal(new Shape(2, 4), joined.Shape);
        }

        Assert.Equal(BitsOf(2, 2, 2, 2, 2, 2), Joining.Concat(PerTensor, PerTensor, -1).FracBits);
    }

    [Fact]
    public void Concat_along_other_axes_needs_equal_fractional_bits()
    {
        Check(Joining.Concat(PerAxis, Fixed([[700, 8, 9]], 10, 1, 2, 3), 0), [1, 2, 3, 4, 5, 6, 700, 8, 9], 10, BitsOf(1, 2, 3));
        Assert.Equal("AssertionAligned", IdOf(() => Joining.Concat(PerTensor, PerAxis, 0)));
        Assert.Equal("JoinShapes", IdOf(() => Joining.Concat(PerTensor, Fixed([[7], [8]], 9, 2), 0)));
    }

    [Fact]
    public void Concat_of_scaled_tensors()
    {
        QFloat second = new(Fixed([[7], [8]], 9, 3), 2f);
        Assert.Equal(Scales(0.1f, 0.2f, 0.3f, 2), Joining.Concat(Scaled, second, -1).Scales);
        Assert.Equal(Scaled.Scales, Joining.Concat(Scaled, Scaled, 0).Scales);
        Assert.Equal("AssertionScales", IdOf(() => Joining.Concat(Scaled, new QFloat(PerTensor, 1f), 0)));
    }

    [Fact]
    public void Stack_along_a_new_last_axis_gives_each_tensor_a_channel()
    {
        FixedPoint stacked = Joining.Stack(Fixed([1, 2], 7, 2), Fixed([300, 4], 9, 3), -1);
        Check(stacked, [1, 300, 2, 4], 9, BitsOf(2, 3));
        Assert.Equal(new Shape(2, 2), stacked.Shape);
        Assert.Equal("AssertionPerTensor", IdOf(() => Joining.Stack(PerAxis, PerAxis, 2)));
    }

    [Fact]
    public void Stack_along_other_axes_needs_equal_fractional_bits()
    {
        FixedPoint stacked = Joining.Stack(PerAxis, PerAxis, 0);
        Assert.Equal(new Shape(2, 2, 3), stacked.Shape);
        Assert.Equal(BitsOf(1, 2, 3), stacked.FracBits);
        Assert.Equal("AssertionAligned", IdOf(() => Joining.Stack(PerTensor, PerAxis, 0)));
        Assert.Equal("JoinShapes", IdOf(() => Joining.Stack(PerTensor, Fixed([[1, 2, 3]], 7, 2), 0)));
    }

    [Fact]
    public void Expand_dimensions()
    {
        Assert.Equal(new Shape(2, 1, 3), ShapeOperations.ExpandDimensions(PerAxis, 1).Shape);
        Assert.Equal(new Shape(2, 1, 3), ShapeOperations.ExpandDimensions(PerAxis, -2).Shape);
        Assert.Equal(new Shape(2, 3, 1), ShapeOperations.ExpandDimensions(PerTensor, -1).Shape);
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.ExpandDimensions(PerAxis, -1)));
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.ExpandDimensions(Scaled, 2)));
        Assert.Equal(Scaled.Scales, ShapeOperations.ExpandDimensions(Scaled, 0).Scales);
    }

    [Fact]
    public void Gather_takes_fractional_bits_along()
    {
        Check(ShapeOperations.Gather(PerAxis, 2, -1), [3, 6], 7, Bits(3));
        Check(ShapeOperations.Gather(PerAxis, 1, 0), [4, 5, 6], 7, BitsOf(1, 2, 3));
        Assert.Equal(Scale(0.3f), ShapeOperations.Gather(Scaled, 2, -1).Scales);
        Check(ShapeOperations.Gather(PerAxis, [1, 0, 1], 0), [4, 5, 6, 1, 2, 3, 4, 5, 6], 7, BitsOf(1, 2, 3));
        Check(ShapeOperations.Gather(PerTensor, [2, 0], -1), [3, 1, 6, 4], 7, Bits(2));
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Gather(PerAxis, [1, 0], -1)));
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Gather(Scaled, [1, 0], 1)));
        Assert.Equal("IndexOutOfRange", IdOf(() => ShapeOperations.Gather(PerTensor, [3], -1)));
    }

    [Fact]
    public void Pad_saturates_the_constant()
    {
        FixedPoint padded = ShapeOperations.Pad(Fixed([[1, 2]], 7, 2), [(1, 0), (0, 2)], Fixed([], [1000], 15, 2));
        Check(padded, [127, 127, 127, 127, 1, 2, 127, 127], 7, Bits(2));
        Assert.Equal(new Shape(2, 4), padded.Shape);
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Pad(PerAxis, [(0, 0), (0, 0)], Fixed([], [0], 7, 2))));
        Assert.Equal("AssertionAligned", IdOf(() => ShapeOperations.Pad(PerTensor, [(0, 0), (0, 0)], Fixed([], [0], 7, 3))));
        Assert.Equal("PaddingInvalid", IdOf(() => ShapeOperations.Pad(PerTensor, [(0, 0)], Fixed([], [0], 7, 2))));
        QFloat one = new(PerTensor, 1f);
        Assert.Equal("AssertionScales", IdOf(() => ShapeOperations.Pad(one, [(0, 0), (0, 0)], new QFloat(Fixed([], [0], 7, 2), 2f))));
        Assert.Equal(Scale(1), ShapeOperations.Pad(one, [(0, 0), (0, 1)], new QFloat(Fixed([], [0], 7, 2), 1f)).Scales);
    }

    [Fact]
    public void Tile()
    {
        Check(ShapeOperations.Tile(Fixed([[1, 2]], 7, 1, 2), [2, 1]), [1, 2, 1, 2], 7, BitsOf(1, 2));
        Check(ShapeOperations.Tile(Fixed([[1, 2]], 7, 1), [1, 2]), [1, 2, 1, 2], 7, Bits(1));
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Tile(PerAxis, [1, 2])));
        Assert.Equal("AssertionPerTensor", IdOf(() => ShapeOperations.Tile(Scaled, [1, 2])));
        Assert.Equal("TileInvalid", IdOf(() => ShapeOperations.Tile(PerTensor, [1])));
        Assert.Equal(Scaled.Scales, ShapeOperations.Tile(Scaled, [3, 1]).Scales);
    }
}
