using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// What is done to floats one by one behind a product, with the bits of <c>TensorPrimitives</c>. Those are compiled again for each
/// operation, at first without optimization, for which a first call waits; these are small, and optimized at once.
/// </summary>
/// <remarks>A lane is a value; each operation is rounded by itself. Operands have the length of the result, and may be it.</remarks>
internal static class FloatVectors
{
    /// <summary>Adds a value to each sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result)
    {
        Require(left.Length == result.Length && right.Length == result.Length);
        ref float first = ref MemoryMarshal.GetReference(left);
        ref float second = ref MemoryMarshal.GetReference(right);
        ref float target = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i <= result.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.LoadUnsafe(ref first, (nuint)i) + Vector.LoadUnsafe(ref second, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < result.Length; i++)
        {
            result[i] = left[i] + right[i];
        }
    }

    /// <summary><c>(x - shift) * factor + offset</c>.</summary>
    /// <param name="values">x.</param>
    /// <param name="shift">What is subtracted first; empty for nothing, which is not the same as zeros where x is -0.</param>
    /// <param name="factor">What the difference is multiplied by.</param>
    /// <param name="offset">What is added to the rounded product.</param>
    /// <param name="result">Takes the results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Affine(
        ReadOnlySpan<float> values, ReadOnlySpan<float> shift, ReadOnlySpan<float> factor, ReadOnlySpan<float> offset, Span<float> result)
    {
        bool isShifted = !shift.IsEmpty;
        Require(values.Length == result.Length && (!isShifted || shift.Length == result.Length)
            && factor.Length == result.Length && offset.Length == result.Length);
        ref float source = ref MemoryMarshal.GetReference(values);
        ref float shifts = ref MemoryMarshal.GetReference(shift);
        ref float factors = ref MemoryMarshal.GetReference(factor);
        ref float offsets = ref MemoryMarshal.GetReference(offset);
        ref float target = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i <= result.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = Vector.LoadUnsafe(ref source, (nuint)i);
            value = isShifted ? value - Vector.LoadUnsafe(ref shifts, (nuint)i) : value;
            value *= Vector.LoadUnsafe(ref factors, (nuint)i);
            (value + Vector.LoadUnsafe(ref offsets, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < result.Length; i++)
        {
            float value = isShifted ? values[i] - shift[i] : values[i];
            value *= factor[i];
            result[i] = value + offset[i];
        }
    }

    /// <summary>Makes values no less than 0 and no greater than a bound, in place: NaN stays, and -0 becomes 0.</summary>
    /// <param name="values">The values.</param>
    /// <param name="most">The bound; infinity for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rectify(Span<float> values, float most)
    {
        ref float target = ref MemoryMarshal.GetReference(values);
        Vector<float> bound = new(most);
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = Vector.Max(Vector.LoadUnsafe(ref target, (nuint)i), Vector<float>.Zero);
            Vector.Min(value, bound).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            values[i] = MathF.Min(MathF.Max(values[i], 0), most);
        }
    }

    private static void Require(bool areEqual)
    {
        if (!areEqual)
        {
            throw new ArgumentException("Operands have other lengths than the result.");
        }
    }
}
