using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>RoundingLanes128, RoundingLanes256, RoundingLanes512 and ScalarRoundingLanes.</summary>
public sealed class RoundingLanesTests
{
    private const int Count = 16;

    /// <summary>Halves and their neighbours, the ends of 32 bits and what is beyond them, and no numbers.</summary>
    private static readonly Gen<float> Value = Gen.OneOf(
        Gen.Int[-100, 100].Select(i => i / 2f),
        Gen.Int[-100, 100].Select(i => MathF.BitIncrement(i / 2f)),
        Gen.Int[-100, 100].Select(i => MathF.BitDecrement(i / 2f)),
        Gen.OneOf(
            int.MinValue,
            2147483520f,
            2147483648f,
            MathF.BitDecrement(int.MinValue),
            8388607.5f,
            16777217f,
            1e30f,
            -1e30f,
            float.MaxValue,
            float.PositiveInfinity,
            float.NegativeInfinity,
            float.NaN,
            float.Epsilon,
            -0f));

    private static readonly Gen<float> Scale = Gen.OneOf(Gen.OneOf(1f, 2f, 0.5f, 0f), Gen.Float[0.01f, 3f]);

    [Theory]
    [EachInstructionSet]
    public void Products_and_quotients_become_the_nearest_integers(string instructions) =>
        Gen.Select(Value.Array[Count], Scale.Array[Count], Gen.OneOf(0, int.MinValue)).Sample((values, scales, invalid) =>
        {
            (int[] products, int[] quotients) = InstructionSets.Choose(instructions) switch
            {
                InstructionSet.Vector512 => Run<RoundingLanes512>(values, scales, invalid),
                InstructionSet.Vector256 or InstructionSet.Vector256Vnni => Run<RoundingLanes256>(values, scales, invalid),
                InstructionSet.Vector128 => Run<RoundingLanes128>(values, scales, invalid),
                _ => Run<ScalarRoundingLanes>(values, scales, invalid),
            };
            Assert.Equal(values.Zip(scales, (value, scale) => Nearest(value * scale, 0)), products);
            Assert.Equal(values.Zip(scales, (value, scale) => Nearest(value / scale, invalid)), quotients);
        });

    private static int Nearest(float value, int invalid) => float.IsNaN(value)
        ? invalid
        : (int)Math.Clamp(Math.Round((double)value, MidpointRounding.ToEven), int.MinValue, int.MaxValue);

    private static unsafe (int[] Products, int[] Quotients) Run<TLanes>(float[] values, float[] scales, int invalid)
        where TLanes : struct, IRoundingLanes
    {
        int[] products = new int[Count];
        int[] quotients = new int[Count];
        fixed (float* from = values, by = scales)
        fixed (int* first = products, second = quotients)
        {
            for (int i = 0; i < Count; i += TLanes.Count)
            {
                TLanes.Product(from + i, by + i, first + i);
                TLanes.Quotient(from + i, by + i, invalid, second + i);
            }
        }

        return (products, quotients);
    }
}
