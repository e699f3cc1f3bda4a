using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>ScalarPairLanes, PairLanes128, PairLanes256, PairLanes256Vnni and PairLanes512: two products in each lane.</summary>
public sealed class PairLanesTests
{
    private const int Count = 32;

    private static readonly Gen<short> Short = Gen.Frequency((3, Gen.Short), (1, Gen.OneOf(short.MinValue, short.MaxValue)));

    [Theory]
    [EachInstructionSet]
    public void Both_products_are_added_to_the_lane(string instructions) =>
        Gen.Select(Short.Array[2], Short.Array[2 * Count], Gen.Int.Array[Count]).Sample((left, right, addend) =>
        {
            int[] result = new int[Count];
            int[] pairs = [.. right.Chunk(2).Select(pair => Pair(pair[0], pair[1]))];
            Run(InstructionSets.Choose(instructions), Pair(left[0], left[1]), pairs, addend, result);
            Assert.Equal(addend.Select((sum, i) => unchecked(sum + (left[0] * right[2 * i]) + (left[1] * right[(2 * i) + 1]))), result);
        });

    [Theory]
    [EachInstructionSet]
    public void The_four_extremes_wrap_as_in_plain_arithmetic(string instructions)
    {
        int[] least = new int[Count];
        Array.Fill(least, Pair(short.MinValue, short.MinValue));
        int[] result = new int[Count];
        Run(InstructionSets.Choose(instructions), least[0], least, new int[Count], result);
        Assert.All(result, sum => Assert.Equal(int.MinValue, sum));
    }

    private static int Pair(short low, short high) => (ushort)low | (high << 16);

    private static void Run(InstructionSet set, int left, int[] right, int[] addend, int[] result)
    {
        switch (set)
        {
            case InstructionSet.Vector512:
                Run<Vector512<int>, PairLanes512>(left, right, addend, result);
                break;
            case InstructionSet.Vector256Vnni:
                Run<Vector256<int>, PairLanes256Vnni>(left, right, addend, result);
                break;
            case InstructionSet.Vector256:
                Run<Vector256<int>, PairLanes256>(left, right, addend, result);
                break;
            case InstructionSet.Vector128:
                Run<Vector128<int>, PairLanes128>(left, right, addend, result);
                break;
            default:
                Run<int, ScalarPairLanes>(left, right, addend, result);
                break;
        }
    }

    private static unsafe void Run<TVector, TLanes>(int left, int[] right, int[] addend, int[] result)
        where TLanes : struct, ILanes<int, TVector>
    {
        fixed (int* b = right, c = addend, to = result)
        {
            for (int i = 0; i < result.Length; i += TLanes.Count)
            {
                TLanes.Store(TLanes.MultiplyAdd(TLanes.Broadcast(left), TLanes.Load(b + i), TLanes.Load(c + i)), to + i);
            }
        }

        LaneCases.CheckTwo<int, TVector, TLanes>(left, right, addend, result);
    }
}
