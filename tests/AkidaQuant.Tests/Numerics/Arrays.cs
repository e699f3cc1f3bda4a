namespace AkidaQuant.Tests.Numerics;

/// <summary>Short forms for the arrays of worked examples.</summary>
internal static class Arrays
{
    public static ScalarOrVector<float> Scale(float value) => ScalarOrVector<float>.Scalar(value);

    public static ScalarOrVector<float> Scales(params float[] values) => ScalarOrVector<float>.Vector(values);

    public static ScalarOrVector<int> Bits(int value) => ScalarOrVector<int>.Scalar(value);

    public static ScalarOrVector<int> BitsOf(params int[] values) => ScalarOrVector<int>.Vector(values);

    public static NdArray<float> Scalar(float value) => NdArray<float>.Scalar(value);

    public static NdArray<float> Vector(params float[] values) => NdArray<float>.Vector(values);

    public static NdArray<T> Matrix<T>(params T[][] rows) => new(new Shape(rows.Length, rows[0].Length), [.. rows.SelectMany(row => row)]);

    public static float[] FromBits(params uint[] bits) => Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle);

    public static string IdOf(Action action) => Assert.Throws<QuantException>(action).Id;
}
