using System.Numerics.Tensors;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Tests.Kernels.Float;

/// <summary>The bits of TensorPrimitives, for every pair of special values, in vectors and behind them.</summary>
public sealed class FloatVectorsTests
{
    private static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1.1754944e-38f, 6f, 6.0000005f, 5.9999995f, -6f, 3.1415927f, 1.0000001f,
        float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 16777215f, -0.1f,
    ];

    /// <summary>Lengths around those of vectors.</summary>
    public static TheoryData<int> Lengths => [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, Special.Length * Special.Length];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sums(int length)
    {
        (float[] left, float[] right) = Pairs(length);
        float[] expected = new float[length];
        float[] actual = new float[length];
        TensorPrimitives.Add<float>(left, right, expected);
        FloatVectors.Add(left, right, actual);
        AssertBits(expected, actual);
        FloatVectors.Add(left, right, left);
        AssertBits(expected, left);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Affine_maps(int length)
    {
        (float[] values, float[] factor) = Pairs(length);
        for (int turn = 0; turn < Special.Length; turn++)
        {
            float[] offset = [.. Enumerable.Range(0, length).Select(i => Special[(i + turn) % Special.Length])];
            float[] shift = [.. Enumerable.Range(0, length).Select(i => Special[((3 * i) + turn) % Special.Length])];
            AssertAffine(values, [], factor, offset);
            AssertAffine(values, shift, factor, offset);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Rectifiers(int length)
    {
        foreach (float most in new[] { 6f, 1f, float.PositiveInfinity, 0f, -1f })
        {
            float[] actual = Pairs(length).Left;
            float[] expected = [.. actual];
            TensorPrimitives.Max(expected, 0f, expected);
            TensorPrimitives.Min(expected, most, expected);
            FloatVectors.Rectify(actual, most);
            AssertBits(expected, actual);
        }
    }

    [Fact]
    public void Operands_of_other_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => FloatVectors.Add(new float[8], new float[7], new float[8]));
        Assert.Throws<ArgumentException>(() => FloatVectors.Add(new float[7], new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => FloatVectors.Affine(new float[7], [], new float[8], new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => FloatVectors.Affine(new float[8], new float[7], new float[8], new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => FloatVectors.Affine(new float[8], [], new float[7], new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => FloatVectors.Affine(new float[8], [], new float[8], new float[7], new float[8]));
    }

    private static void AssertAffine(float[] values, float[] shift, float[] factor, float[] offset)
    {
        float[] expected = [.. values];
        if (shift.Length > 0)
        {
            TensorPrimitives.Subtract<float>(expected, shift, expected);
        }

        TensorPrimitives.Multiply<float>(expected, factor, expected);
        TensorPrimitives.Add<float>(expected, offset, expected);
        float[] actual = new float[values.Length];
        FloatVectors.Affine(values, shift, factor, offset, actual);
        AssertBits(expected, actual);
    }

    /// <summary>Each special value with each other, so many of them.</summary>
    private static (float[] Left, float[] Right) Pairs(int length) =>
        ([.. Enumerable.Range(0, length).Select(i => Special[i % Special.Length])],
         [.. Enumerable.Range(0, length).Select(i => Special[(i + (i / Special.Length)) % Special.Length])]);

    /// <summary>All NaNs are one value: which of two operands a processor keeps of them is nobody's contract.</summary>
    private static void AssertBits(float[] expected, float[] actual) => Assert.Equal(expected.Select(Bits), actual.Select(Bits));

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value);
}
