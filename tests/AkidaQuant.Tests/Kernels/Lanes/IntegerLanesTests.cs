using System.Numerics;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>IntegerLanes128, IntegerLanes256, IntegerLanes512 and ScalarIntegerLanes.</summary>
public sealed class IntegerLanesTests
{
    private const int Count = 16;

    private interface ITest
    {
        void Run<TVector, TLanes>()
            where TLanes : struct, IIntegerLanes<TVector>;
    }

    [Theory]
    [EachInstructionSet]
    public void Shorts_are_read_and_written_in_order(string instructions) => Cases.Integers(ValueRange.OfBits(15), Count).Sample(values =>
    {
        short[] shorts = Array.ConvertAll(values, value => (short)value);
        Run(instructions, new Copy<short, int>(shorts, Array.ConvertAll(values, value => (int)value)));
        Run(instructions, new Copy<short, short>(shorts, shorts));
    });

    [Theory]
    [EachInstructionSet]
    public void Ints_are_read_and_written_in_order_as_near_as_they_can(string instructions) =>
        Gen.OneOf(Cases.Integers(ValueRange.OfBits(31), Count), Cases.Integers(ValueRange.OfBits(16), Count)).Sample(values =>
        {
            int[] ints = Array.ConvertAll(values, value => (int)value);
            Run(instructions, new Copy<int, int>(ints, ints));
            Run(instructions, new Copy<int, long>(ints, values));
            Run(instructions, new Copy<int, short>(
                ints, Array.ConvertAll(ints, value => (short)Math.Clamp(value, short.MinValue, short.MaxValue))));
        });

    [Theory]
    [EachInstructionSet]
    public void What_has_64_bits_is_read_as_near_as_32_can(string instructions) =>
        Gen.OneOf(Cases.Integers(ValueRange.OfBits(32), Count), Cases.Integers(ValueRange.OfBits(52), Count)).Sample(values =>
        {
            int[] expected = Array.ConvertAll(values, value => (int)Math.Clamp(value, int.MinValue, int.MaxValue));
            Run(instructions, new Copy<long, int>(values, expected));
            Run(instructions, new Copy<double, int>(Array.ConvertAll(values, value => (double)value), expected));
        });

    [Theory]
    [EachInstructionSet]
    public void Each_lane_is_computed_by_itself(string instructions) => Gen.Select(
        Cases.Integers(ValueRange.OfBits(31), Count), Cases.Integers(ValueRange.OfBits(31), Count), Gen.Int[0, 31].Array[Count]).Sample(
        (left, right, counts) => Run(
            instructions,
            new Arithmetic(Array.ConvertAll(left, value => (int)value), Array.ConvertAll(right, value => (int)value), counts)));

    private static void Run(string instructions, ITest test)
    {
        switch (InstructionSets.Choose(instructions))
        {
            case InstructionSet.Vector512:
                test.Run<Vector512<int>, IntegerLanes512>();
                break;
            case InstructionSet.Vector256 or InstructionSet.Vector256Vnni:
                test.Run<Vector256<int>, IntegerLanes256>();
                break;
            case InstructionSet.Vector128:
                test.Run<Vector128<int>, IntegerLanes128>();
                break;
            default:
                test.Run<int, ScalarIntegerLanes>();
                break;
        }
    }

    private sealed class Copy<TFrom, TTo>(TFrom[] source, TTo[] expected) : ITest
        where TFrom : unmanaged
        where TTo : unmanaged, INumber<TTo>
    {
        public unsafe void Run<TVector, TLanes>()
            where TLanes : struct, IIntegerLanes<TVector>
        {
            // One element more, which must stay as it is.
            TTo[] copy = new TTo[source.Length + 1];
            fixed (TFrom* from = source)
            fixed (TTo* to = copy)
            {
                for (int i = 0; i < source.Length; i += TLanes.Count)
                {
                    TLanes.Store(TLanes.Load(from + i), to + i);
                }
            }

            Assert.Equal([.. expected, default], copy);
        }
    }

    private sealed class Arithmetic(int[] left, int[] right, int[] counts) : ITest
    {
        public void Run<TVector, TLanes>()
            where TLanes : struct, IIntegerLanes<TVector>
        {
            Check<TVector, TLanes>(right, TLanes.Add, (a, b) => unchecked(a + b));
            Check<TVector, TLanes>(right, TLanes.Multiply, (a, b) => unchecked(a * b));
            Check<TVector, TLanes>(right, TLanes.Min, Math.Min);
            Check<TVector, TLanes>(right, TLanes.Max, Math.Max);
            Check<TVector, TLanes>(counts, TLanes.ShiftRight, (a, b) => a >> b);
            Check<TVector, TLanes>(counts, TLanes.ShiftLeft, (a, b) => a << b);
            Check<TVector, TLanes>(right, (_, _) => TLanes.Broadcast(left[0]), (_, _) => left[0]);
        }

        private unsafe void Check<TVector, TLanes>(int[] others, Func<TVector, TVector, TVector> lanes, Func<int, int, int> plain)
            where TLanes : struct, IIntegerLanes<TVector>
        {
            int[] result = new int[left.Length];
            fixed (int* a = left, b = others, to = result)
            {
                for (int i = 0; i < result.Length; i += TLanes.Count)
                {
                    TLanes.Store(lanes(TLanes.Load(a + i), TLanes.Load(b + i)), to + i);
                }
            }

            Assert.Equal(left.Zip(others, plain), result);
        }
    }
}
