using System.Numerics;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>Lanes128, Lanes256, Lanes512 and ScalarLanes: what each lane computes, from addresses of any alignment.</summary>
public sealed class LanesTests
{
    private const int Count = 32;

    /// <summary>Floats with all bits of their significand, far enough from the ends that no product is infinite or subnormal.</summary>
    private static readonly Gen<float> Single = Gen.Select(Gen.Int[-(1 << 24), 1 << 24], Gen.Int[-30, 10]).Select(
        (significand, exponent) => MathF.ScaleB(significand, exponent));

    private static readonly Gen<double> Double = Gen.Select(Gen.Long[-(1L << 53), 1L << 53], Gen.Int[-60, 10]).Select(
        (significand, exponent) => Math.ScaleB(significand, exponent));

    [Theory]
    [EachInstructionSet]
    public void Floats_are_multiplied_and_added_with_one_rounding(string instructions) => Check(
        instructions, Single, (left, right) => -(left * right), MathF.FusedMultiplyAdd);

    [Theory]
    [EachInstructionSet]
    public void Doubles_are_multiplied_and_added_with_one_rounding(string instructions) => Check(
        instructions, Double, (left, right) => -(left * right), Math.FusedMultiplyAdd);

    [Theory]
    [EachInstructionSet]
    public void Ints_keep_the_low_bits(string instructions) => Check(
        instructions, Gen.Int, (_, _) => int.MaxValue, (left, right, addend) => unchecked((left * right) + addend));

    [Theory]
    [EachInstructionSet]
    public void Longs_keep_the_low_bits(string instructions) => Check(
        instructions, Gen.Long, (_, _) => long.MinValue, (left, right, addend) => unchecked((left * right) + addend));

    /// <param name="instructions">The set.</param>
    /// <param name="gen">Operands.</param>
    /// <param name="cancel">An addend for some lanes that shows how the product is rounded.</param>
    /// <param name="multiplyAdd">What a lane is to be.</param>
    private static void Check<T>(string instructions, Gen<T> gen, Func<T, T, T> cancel, Func<T, T, T, T> multiplyAdd)
        where T : unmanaged, INumber<T> => Gen.Select(gen, gen.Array[Count], gen.Array[Count], Gen.Int[0, 3]).Sample(
        (left, right, addend, first) =>
        {
            for (int i = 0; i < Count; i += 2)
            {
                addend[i] = cancel(left, right[i]);
            }

            T[] result = new T[first + Count];
            Run(InstructionSets.Choose(instructions), left, [.. new T[first], .. right], [.. new T[first], .. addend], result, first);
            Assert.Equal(right.Select((value, i) => multiplyAdd(left, value, addend[i])), result[first..]);
        });

    private static void Run<T>(InstructionSet set, T left, T[] right, T[] addend, T[] result, int first)
        where T : unmanaged, INumber<T>
    {
        switch (set)
        {
            case InstructionSet.Vector512:
                Run<T, Vector512<T>, Lanes512<T>>(left, right, addend, result, first);
                break;
            case InstructionSet.Vector256 or InstructionSet.Vector256Vnni:
                Run<T, Vector256<T>, Lanes256<T>>(left, right, addend, result, first);
                break;
            case InstructionSet.Vector128:
                Run<T, Vector128<T>, Lanes128<T>>(left, right, addend, result, first);
                break;
            default:
                Run<T, T, ScalarLanes<T>>(left, right, addend, result, first);
                break;
        }
    }

    private static unsafe void Run<T, TVector, TLanes>(T left, T[] right, T[] addend, T[] result, int first)
        where T : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        fixed (T* b = right, c = addend, to = result)
        {
            TVector x = TLanes.Broadcast(left);
            for (int i = first; i < result.Length; i += TLanes.Count)
            {
                TLanes.Store(TLanes.MultiplyAdd(x, TLanes.Load(b + i), TLanes.Load(c + i)), to + i);
            }
        }

        LaneCases.CheckTwo<T, TVector, TLanes>(left, right, addend, result, first);
    }
}
