using System.Numerics;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>DoubleLanes128, DoubleLanes256 and DoubleLanes512.</summary>
public sealed class DoubleLanesTests
{
    private const int Count = 16;

    private static readonly Gen<double> Number = Gen.Select(Gen.Long[-1L << 50, 1L << 50], Gen.Int[-20, 0]).Select(
        (significand, exponent) => Math.ScaleB(significand, exponent));

    private interface ITest
    {
        void Run<TVector, TLanes>()
            where TLanes : struct, IDoubleLanes<TVector>;
    }

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Shorts_are_read_and_written_in_order(string instructions) =>
        CheckCopies<short>(instructions, short.MinValue, short.MaxValue);

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Ints_are_read_and_written_in_order(string instructions) =>
        CheckCopies<int>(instructions, int.MinValue, int.MaxValue);

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Longs_are_written_in_order(string instructions) => Cases.Integers(new ValueRange(-1L << 53, 1L << 53), Count).Sample(
        values => Run(instructions, new Copy<double, long>(Array.ConvertAll(values, value => (double)value), values)));

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Doubles_are_read_and_written_as_they_are(string instructions) => Number.Array[Count].Sample(
        values => Run(instructions, new Copy<double, double>(values, values)));

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Each_lane_is_computed_by_itself(string instructions) => Gen.Select(Number.Array[Count], Number.Array[Count]).Sample(
        (left, right) => Run(instructions, new Arithmetic(left, right)));

    private static void CheckCopies<T>(string instructions, long min, long max)
        where T : unmanaged, INumber<T> => Cases.Integers(new ValueRange(min, max), Count).Sample(values =>
    {
        double[] doubles = Array.ConvertAll(values, value => (double)value);
        T[] narrow = Array.ConvertAll(values, T.CreateChecked);
        Run(instructions, new Copy<T, double>(narrow, doubles));
        Run(instructions, new Copy<double, T>(doubles, narrow));
    });

    private static void Run(string instructions, ITest test)
    {
        switch (InstructionSets.Choose(instructions))
        {
            case InstructionSet.Vector512:
                test.Run<Vector512<double>, DoubleLanes512>();
                break;
            case InstructionSet.Vector128:
                test.Run<Vector128<double>, DoubleLanes128>();
                break;
            default:
                test.Run<Vector256<double>, DoubleLanes256>();
                break;
        }
    }

    private sealed class Copy<TFrom, TTo>(TFrom[] source, TTo[] expected) : ITest
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        public unsafe void Run<TVector, TLanes>()
            where TLanes : struct, IDoubleLanes<TVector>
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

    private sealed class Arithmetic(double[] left, double[] right) : ITest
    {
        public void Run<TVector, TLanes>()
            where TLanes : struct, IDoubleLanes<TVector>
        {
            Check<TVector, TLanes>(TLanes.Add, (a, b) => a + b);
            Check<TVector, TLanes>(TLanes.Multiply, (a, b) => a * b);
            Check<TVector, TLanes>(TLanes.Min, Math.Min);
            Check<TVector, TLanes>(TLanes.Max, Math.Max);
            Check<TVector, TLanes>((a, _) => TLanes.Floor(a), (a, _) => Math.Floor(a));
            Check<TVector, TLanes>((_, _) => TLanes.Broadcast(left[0]), (_, _) => left[0]);
        }

        private unsafe void Check<TVector, TLanes>(Func<TVector, TVector, TVector> lanes, Func<double, double, double> plain)
            where TLanes : struct, IDoubleLanes<TVector>
        {
            double[] result = new double[left.Length];
            fixed (double* a = left, b = right, to = result)
            {
                for (int i = 0; i < result.Length; i += TLanes.Count)
                {
                    TLanes.Store(lanes(TLanes.Load(a + i), TLanes.Load(b + i)), to + i);
                }
            }

            Assert.Equal(left.Zip(right, plain), result);
        }
    }
}
