using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>ByteLanes256, ByteLanes256Vnni and ByteLanes512: four products of unsigned and signed bytes in each lane.</summary>
public sealed class ByteLanesTests
{
    private const int Count = 32;

    /// <summary>Weights whose pairs keep products with 255 within 16 bits, at both ends of that.</summary>
    private static readonly Gen<sbyte[]> Weights = Gen.Frequency(
        (3, Gen.Select(Gen.SByte[-64, 64], Gen.SByte[-64, 64], (left, right) => new[] { left, right })),
        (1, Gen.OneOf<sbyte[]>([-128, 127], [127, -128], [-64, -64], [64, 64], [127, 1], [-128, 0]))).Array[2 * Count]
        .Select(pairs => pairs.SelectMany(pair => pair).ToArray());

    private static readonly Gen<byte[]> Values = Gen.Frequency((3, Gen.Byte), (1, Gen.OneOf<byte>(0, 255))).Array[4];

    [Fact]
    public void Four_products_are_added_to_the_lane() =>
        Gen.Select(Values, Weights, Gen.Int.Array[Count]).Sample((left, right, addend) =>
        {
            int[] expected = [.. addend.Select((sum, i) => unchecked(sum + Enumerable.Range(0, 4).Sum(j => left[j] * right[(4 * i) + j])))];
            int[] weights = [.. right.Chunk(4).Select(quad => BitConverter.ToInt32(Array.ConvertAll(quad, weight => (byte)weight)))];
            foreach (InstructionSet set in InstructionSets.Supported.Where(PackedMatrix.HasBytes))
            {
                Assert.Equal(expected, Run(set, BitConverter.ToInt32(left), weights, addend, isNarrow: false));
                Assert.Equal(expected, Run(set, BitConverter.ToInt32(left), weights, addend, isNarrow: true));
            }
        });

    private static int[] Run(InstructionSet set, int left, int[] right, int[] addend, bool isNarrow) => (set, isNarrow) switch
    {
        (InstructionSet.Vector512, true) => Narrow<Vector512<int>, ByteLanes512>(left, right, addend),
        (InstructionSet.Vector256, true) => Narrow<Vector256<int>, ByteLanes256>(left, right, addend),
        (InstructionSet.Vector512, false) => Wide<Vector512<int>, ByteLanes512>(left, right, addend),
        (InstructionSet.Vector256, false) => Wide<Vector256<int>, ByteLanes256>(left, right, addend),
        _ => Wide<Vector256<int>, ByteLanes256Vnni>(left, right, addend),
    };

    private static unsafe int[] Narrow<TVector, TLanes>(int left, int[] right, int[] addend)
        where TLanes : struct, IByteLanes<TVector>
    {
        int[] result = new int[Count];
        int[] asFirst = new int[Count];
        int[] asSecond = new int[Count];
        fixed (int* b = right, c = addend, to = result, firstTo = asFirst, secondTo = asSecond)
        {
            for (int i = 0; i < Count; i += TLanes.Count)
            {
                TVector sums = TLanes.MultiplyAddNarrow(TLanes.Broadcast(left), TLanes.Load(b + i), TLanes.Broadcast(0));
                TLanes.Store(TLanes.AddNarrow(sums, TLanes.Load(c + i)), to + i);
                int next = (i + TLanes.Count) % Count;
                (TVector first, TVector second) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
                TLanes.MultiplyAddTwoNarrow(
                    TLanes.Broadcast(left), TLanes.Load(b + i), TLanes.Load(b + next), ref first, ref second);
                TLanes.Store(TLanes.AddNarrow(first, TLanes.Load(c + i)), firstTo + i);
                TLanes.Store(TLanes.AddNarrow(second, TLanes.Load(c + next)), secondTo + next);
            }
        }

        Assert.Equal(result, asFirst);
        Assert.Equal(result, asSecond);

        return result;
    }

    private static unsafe int[] Wide<TVector, TLanes>(int left, int[] right, int[] addend)
        where TLanes : struct, ILanes<int, TVector>
    {
        int[] result = new int[Count];
        fixed (int* b = right, c = addend, to = result)
        {
            for (int i = 0; i < Count; i += TLanes.Count)
            {
                TLanes.Store(TLanes.MultiplyAdd(TLanes.Broadcast(left), TLanes.Load(b + i), TLanes.Load(c + i)), to + i);
            }
        }

        LaneCases.CheckTwo<int, TVector, TLanes>(left, right, addend, result);
        return result;
    }
}
