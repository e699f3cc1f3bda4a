using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>TapPairLanes128, TapPairLanes256, TapPairLanes256Vnni and TapPairLanes512: two taps of neighbouring channels.</summary>
public sealed class TapPairLanesTests
{
    private const int Count = 32;

    private static readonly Gen<short> Short = Gen.Frequency((3, Gen.Short), (1, Gen.OneOf(short.MinValue, short.MaxValue)));

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Both_taps_are_multiplied_and_stored_in_the_order_of_the_channels(string instructions) =>
        Gen.Select(Short.Array[Count], Short.Array[Count], Short.Array[Count], Short.Array[Count]).Sample((x, y, v, w) =>
        {
            int[] result = new int[Count];
            Action<short[], short[], short[], short[], int[]> run = InstructionSets.Choose(instructions) switch
            {
                InstructionSet.Vector512 => Run<Vector512<int>, TapPairLanes512>,
                InstructionSet.Vector256Vnni => Run<Vector256<int>, TapPairLanes256Vnni>,
                InstructionSet.Vector256 => Run<Vector256<int>, TapPairLanes256>,
                _ => Run<Vector128<int>, TapPairLanes128>,
            };
            run(x, y, v, w, result);
            Assert.Equal(x.Select((_, i) => unchecked(2 * ((x[i] * v[i]) + (y[i] * w[i])))), result);
        });

    /// <summary>Adds the products twice, so that sums come in too.</summary>
    private static unsafe void Run<TVector, TLanes>(short[] x, short[] y, short[] v, short[] w, int[] result)
        where TVector : unmanaged
        where TLanes : struct, ITapPairLanes<TVector>
    {
        fixed (short* a = x, b = y, c = v, d = w)
        fixed (int* to = result)
        {
            for (int i = 0; i < Count; i += TLanes.Count)
            {
                (TVector first, TVector second) = (TLanes.Load(a + i), TLanes.Load(b + i));
                (TVector firstWeights, TVector secondWeights) = (TLanes.Load(c + i), TLanes.Load(d + i));
                TVector lowWeights = TLanes.Low(firstWeights, secondWeights);
                TVector highWeights = TLanes.High(firstWeights, secondWeights);
                TVector low = TLanes.Low(first, second);
                TVector high = TLanes.High(first, second);
                TLanes.Store(
                    TLanes.MultiplyAdd(low, lowWeights, TLanes.Multiply(low, lowWeights)),
                    TLanes.MultiplyAdd(high, highWeights, TLanes.Multiply(high, highWeights)),
                    to + i);
            }
        }
    }
}
