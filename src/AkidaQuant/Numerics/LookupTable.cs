
namespace AkidaQuant.Numerics;

/// <summary>A function as a table of integers (layers.md 5.2).</summary>
/// <param name="Values">One entry for each integer from -2^n to 2^n - 1, ascending.</param>
/// <param name="ValueBits">Magnitude bits of the entries.</param>
/// <param name="Scale">What an entry of 1 stands for.</param>
public sealed record LookupTable(int[] Values, int ValueBits, float Scale)
{
    /// <summary>
    /// Tabulates a function for every FixedPoint: the greatest magnitude becomes 2^valueBits - 1, in the arithmetic
    /// of the reference's compiled mode (numerics.md 1.2).
    /// </summary>
    /// <param name="function">The function, of float32.</param>
    /// <param name="inputValueBits">Magnitude bits of the integers.</param>
    /// <param name="inputFracBits">Fractional bits of the integers.</param>
    /// <param name="valueBits">Magnitude bits of the entries.</param>
    /// <exception cref="QuantException">TableNotFinite: a value of the function is infinite or not a number.</exception>
    public static LookupTable Of(Func<float, float> function, int inputValueBits, int inputFracBits, int valueBits)
    {
        int half = 1 << inputValueBits;
        float step = Rounding.Pow2(-inputFracBits);
        float[] outputs = new float[2 * half];
        float largest = 0;
        for (int i = 0; i < outputs.Length; i++)
        {
            float output = function((i - half) * step);
            if (!float.IsFinite(output))
            {
                throw new QuantException(
                    "TableNotFinite",
                    QuantErrorKind.InvalidData,
                    $"The activation of {(i - half) * step} is {output} and has no place in a table. The range of the input is too large; check the samples and weights.");
            }

            outputs[i] = output;
            largest = Math.Max(largest, Math.Abs(output));
        }

        float scale = Rounding.DivideByConstant(largest, (1L << valueBits) - 1);
        return new LookupTable(
            Array.ConvertAll(outputs, output => scale == 0 ? 0 : (int)Rounding.Quantize(output / scale, valueBits, 0)), valueBits, scale);
    }
}
