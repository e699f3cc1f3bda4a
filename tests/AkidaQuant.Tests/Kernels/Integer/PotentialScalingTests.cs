using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class PotentialScalingTests
{
    [Fact]
    public void Each_potential_is_divided_by_the_step_of_its_channel() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Enum<IntegerStorage>())
            .SelectMany(
                (batch, channels, positions, storage) =>
                    Gen.Select(
                        Gen.Int[short.MinValue, short.MaxValue].Array[batch * channels * positions],
                        Gen.Float[0.01f, 1000f].Array[channels],
                        (potentials, steps) => (batch, positions * channels, storage, potentials, steps)))
            .Sample(
                (batch, size, storage, potentials, steps) =>
                {
                    IntegerData input = Fill(new IntegerData(size, batch, storage), potentials);
                    float[] output = new float[batch * size];
                    new PotentialScaling(steps).Run(input, output, batch);
                    DividedCases.Check(output, 3, (share, ground) =>
                    {
                        float[] part = new float[output.Length];
                        Array.Fill(part, ground);
                        new PotentialScaling(steps).Run(input, part, batch, share);
                        return part;
                    });
                    return output.SequenceEqual(potentials.Select((potential, i) => potential / steps[i % steps.Length]));
                });

    [Fact]
    public void The_quotient_is_rounded_once_and_is_no_product_with_a_reciprocal()
    {
        float[] output = new float[1];
        new PotentialScaling([41f]).Run(Fill(new IntegerData(1, 1, IntegerStorage.Int32), [41]), output, 1);
        Assert.Equal(1f, output[0]);
        Assert.NotEqual(1f, 41f * (1f / 41f));
    }

    private static IntegerData Fill(IntegerData data, int[] values)
    {
        IntegerData wide = new(data.SampleSize, data.Capacity, IntegerStorage.Int32);
        values.CopyTo(wide.Values<int>(data.Capacity));
        AkidaQuant.Kernels.Storage.IntegerCopy.Copy(wide, data, data.Capacity);
        return data;
    }
}
