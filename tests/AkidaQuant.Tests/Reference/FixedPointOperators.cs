using System.Numerics;
using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <content>
/// Arithmetic and comparison (numerics.md 2.5). Results have the value bits of the left operand. There is no
/// product here: see <see cref="Elementwise"/>.
/// </content>
public sealed partial class FixedPoint
{
    private const int LiteralValueBits = 32;

    /// <summary>The sum of tensors that have equal fractional bits.</summary>
    /// <exception cref="QuantException">AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static FixedPoint operator +(FixedPoint left, FixedPoint right)
    {
        OperandAssertions.Aligned(left, right);
        return left.Combine(right, left.FracBits, (a, b) => a + b);
    }

    /// <summary>The sum with an integer, which takes the fractional bits of the tensor.</summary>
    public static FixedPoint operator +(FixedPoint left, int right) => left + left.Literal(right);

    /// <summary>The difference of tensors that have equal fractional bits.</summary>
    /// <exception cref="QuantException">AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static FixedPoint operator -(FixedPoint left, FixedPoint right)
    {
        OperandAssertions.Aligned(left, right);
        return left.Combine(right, left.FracBits, (a, b) => a - b);
    }

    /// <summary>The difference with an integer, which takes the fractional bits of the tensor.</summary>
    public static FixedPoint operator -(FixedPoint left, int right) => left - left.Literal(right);

    /// <summary>The quotient, truncated towards zero; fractional bits are subtracted.</summary>
    /// <exception cref="QuantException">AssertionDivisor: a divisor is zero; ShapesDoNotBroadcast.</exception>
    public static FixedPoint operator /(FixedPoint left, FixedPoint right)
    {
        if (right.Values.Values.Contains(0))
        {
            throw Assertions.Failed("AssertionDivisor", "A divisor is zero.");
        }

        return left.Combine(right, ChannelWise.Combine(left.FracBits, right.FracBits, (a, b) => a - b), (a, b) => a / b);
    }

    /// <summary>
    /// The quotient with an integer, truncated towards zero. Exact, also where the reference multiplies by a
    /// rounded reciprocal and gives 0 for 41 / 41.
    /// </summary>
    /// <exception cref="QuantException">AssertionDivisor: the divisor is zero.</exception>
    public static FixedPoint operator /(FixedPoint left, int right) => left / Quantize(right, LiteralValueBits);

    /// <summary>Whether each real value is less.</summary>
    public static NdArray<bool> operator <(FixedPoint left, FixedPoint right) => Compare(left, right, order => order < 0);

    /// <summary>Whether each real value is less or equal.</summary>
    public static NdArray<bool> operator <=(FixedPoint left, FixedPoint right) => Compare(left, right, order => order <= 0);

    /// <summary>Whether each real value is greater.</summary>
    public static NdArray<bool> operator >(FixedPoint left, FixedPoint right) => Compare(left, right, order => order > 0);

    /// <summary>Whether each real value is greater or equal.</summary>
    public static NdArray<bool> operator >=(FixedPoint left, FixedPoint right) => Compare(left, right, order => order >= 0);

    /// <summary>Whether each real value is equal. A method, so that == keeps its meaning for objects.</summary>
    public NdArray<bool> EqualTo(FixedPoint other) => Compare(this, other, order => order == 0);

    /// <summary>Whether each real value is different.</summary>
    public NdArray<bool> NotEqualTo(FixedPoint other) => Compare(this, other, order => order != 0);

    /// <summary>Both combined element by element, saturated to the value bits of this tensor.</summary>
    internal FixedPoint Combine(FixedPoint other, ScalarOrVector<int> fracBits, Func<Int128, Int128, Int128> combine)
    {
        RequireNoDepthwiseKernel(this, other);
        NdArray<long> values = ReferenceBroadcasting.Zip(Values, other.Values, (a, b) => Rounding.Saturate(combine(a, b), ValueBits));
        return new FixedPoint(values, ValueBits, fracBits);
    }

    private static void RequireNoDepthwiseKernel(FixedPoint left, FixedPoint right)
    {
        if (left.IsDepthwiseKernel || right.IsDepthwiseKernel)
        {
            throw Assertions.Failed(
                "DepthwiseKernelOperand",
                "The fractional bits of a depthwise kernel belong to its last axis but one; it can be an operand of a convolution only.");
        }
    }

    private static NdArray<bool> Compare(FixedPoint left, FixedPoint right, Predicate<int> test)
    {
        RequireNoDepthwiseKernel(left, right);
        ScalarOrVector<int> common = ChannelWise.Combine(left.FracBits, right.FracBits, Math.Max);
        return ReferenceBroadcasting.Zip(left.ShiftedTo(common), right.ShiftedTo(common), (a, b) => test(a.CompareTo(b)));
    }

    private NdArray<BigInteger> ShiftedTo(ScalarOrVector<int> fracBits) => ReferenceChannels.Map(
        Values,
        ChannelWise.Combine(fracBits, FracBits, (to, from) => to - from),
        depthwise: false,
        (value, shift) => new BigInteger(value) << shift);

    private FixedPoint Literal(int value) => new(
        ReferenceChannels.Map(Values, FracBits, IsDepthwiseKernel, (_, fracBits) => Rounding.Quantize(value, LiteralValueBits, fracBits)),
        LiteralValueBits,
        FracBits);
}
