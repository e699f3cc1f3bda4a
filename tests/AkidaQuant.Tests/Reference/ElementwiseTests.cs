using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class ElementwiseTests
{
    private static readonly FixedPoint PerAxis = Fixed([1, 2], 7, [1, 2]);

    [Fact]
    public void Products_have_the_value_bits_of_the_left_operand()
    {
        Check(Elementwise.Multiply(Fixed([3], 3, 1), Fixed([1, -5, 100], 7, 2)), [3, -8, 7], 3, Bits(3));
        Check(Elementwise.Multiply(Fixed([3], 3, 1).Promote(15), Fixed([1, -5, 100], 7, [2, 3, 4])), [3, -15, 300], 15, BitsOf(3, 4, 5));
        Check(Elementwise.Multiply(PerAxis, PerAxis), [1, 4], 7, BitsOf(2, 4));
    }

    [Fact]
    public void Products_with_scales_need_a_per_tensor_left_operand()
    {
        QFloat right = new(Fixed([4, 5], 7, 1), Scales(0.5f, 0.25f));
        QFloat product = Elementwise.Multiply(Fixed([3], 7, 2), right);
        Check(product.Inner, [12, 15], 7, Bits(3));
        Assert.Equal(right.Scales, product.Scales);
        Assert.Equal(Scales(1, 0.5f), Elementwise.Multiply(new QFloat(Fixed([3], 7, 2), 2f), right).Scales);
        Assert.Equal("AssertionPerTensor", IdOf(() => Elementwise.Multiply(PerAxis, right)));
        Assert.Equal("AssertionPerTensor", IdOf(() => Elementwise.Multiply(right, right)));
    }

    [Fact]
    public void Products_do_not_wrap() =>
        Check(Elementwise.Multiply(Fixed([1L << 61], 62, 0), Fixed([1L << 61], 62, 0)), [(1L << 62) - 1], 62, Bits(0));

    [Fact]
    public void Quotients()
    {
        Check(Elementwise.Divide(Fixed([7, -7], 15, 5), Fixed([2, 2], 7, 2)), [3, -3], 15, Bits(3));
        QFloat quotient = Elementwise.Divide(new QFloat(Fixed([7, -7], 15, 5), Scales(0.5f, 0.25f)), Fixed([2], 7, 2));
        Check(quotient.Inner, [3, -3], 15, Bits(3));
        Assert.Equal(Scales(0.5f, 0.25f), quotient.Scales);
        Assert.Equal("AssertionPerTensor", IdOf(() => Elementwise.Divide(new QFloat(PerAxis, 1f), PerAxis)));
    }

    [Fact]
    public void Magnitudes_saturate() => Check(Elementwise.Abs(Fixed([-128, -5, 5], 7, 2)), [127, 5, 5], 7, Bits(2));

    [Fact]
    public void Maximum_has_the_larger_value_bits()
    {
        Check(Elementwise.Maximum(Fixed([100, -3], 7, 2), Fixed([-500, 700], 15, 2)), [100, 700], 15, Bits(2));
        Check(Elementwise.Maximum(Fixed([-500, 700], 15, 2), Fixed([0], 7, 2)), [0, 700], 15, Bits(2));
        Assert.Equal("AssertionAligned", IdOf(() => Elementwise.Maximum(Fixed([1], 7, 2), Fixed([1], 7, 3))));
        Assert.Equal(Scale(0.5f), Elementwise.Maximum(new QFloat(Fixed([1], 7, 2), 0.5f), new QFloat(Fixed([2], 7, 2), 0.5f)).Scales);
        Assert.Equal("AssertionScales", IdOf(() => Elementwise.Maximum(new QFloat(PerAxis, 1f), new QFloat(PerAxis, 2f))));
    }

    [Fact]
    public void Clip_takes_the_lower_bound_last()
    {
        FixedPoint value = Fixed([-5, 3, 100, 127], 7, 3);
        Check(Elementwise.Clip(value, Fixed([0], 7, 3), Fixed([48], 7, 3)), [0, 3, 48, 48], 7, Bits(3));
        Check(Elementwise.Clip(value, Fixed([10], 7, 3), Fixed([5], 7, 3)), [10, 10, 10, 10], 7, Bits(3));
        Assert.Equal("AssertionAligned", IdOf(() => Elementwise.Clip(value, Fixed([0], 7, 3), Fixed([0], 7, 2))));
        Assert.Equal("AssertionAligned", IdOf(() => Elementwise.Clip(value, Fixed([0], 7, 2), Fixed([0], 7, 3))));
        QFloat one = new(value, 1f);
        Assert.Equal("AssertionScales", IdOf(() => Elementwise.Clip(one, one, new QFloat(value, 2f))));
        Assert.Equal("AssertionScales", IdOf(() => Elementwise.Clip(one, new QFloat(value, 2f), one)));
    }

    [Fact]
    public void Zeros()
    {
        Check(Elementwise.ZerosLike(PerAxis), [0, 0], 7, BitsOf(1, 2));
        Assert.Equal(Scale(2), Elementwise.ZerosLike(new QFloat(PerAxis, 2f)).Scales);
    }

    [Fact]
    public void Sums_by_name()
    {
        Check(Elementwise.Add(PerAxis, PerAxis), [2, 4], 7, BitsOf(1, 2));
        Check(Elementwise.Add(new QFloat(PerAxis, 2f), new QFloat(PerAxis, 2f)).Inner, [2, 4], 7, BitsOf(1, 2));
    }

    [Fact]
    public void Shapes_must_broadcast() =>
        Assert.Equal("ShapesDoNotBroadcast", IdOf(() => Elementwise.Multiply(Fixed([1, 2], 7, 0), Fixed([1, 2, 3], 7, 0))));

    [Fact]
    public void A_depthwise_kernel_is_an_operand_of_convolutions_only()
    {
        FixedPoint kernel = new(new NdArray<long>(new Shape(1, 1, 2, 1), [1, 2]), 7, BitsOf(1, 2));
        Assert.Equal("DepthwiseKernelOperand", IdOf(() => Elementwise.Multiply(Fixed([1, 2], 7, 0), kernel)));
        Assert.Equal("DepthwiseKernelOperand", IdOf(() => _ = kernel < Fixed([1, 2], 7, 0)));
    }
}
