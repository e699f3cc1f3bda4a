using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class DeviationThresholdTests
{
    private static readonly Gen<(int Steps, int Channels, int Batch)> Sizes = Gen.Select(Gen.Int[1, 9], Gen.Int[1, 20], Gen.Int[1, 3]);

    [Fact]
    public void Floats_are_compared_by_the_mean_of_their_distances_in_the_order_of_the_steps() =>
        (from sizes in Sizes
         from left in FloatCases.Value.Array[sizes.Steps * sizes.Channels * sizes.Batch]
         from right in FloatCases.Value.Array[left.Length]
         from threshold in Gen.Float[0, 3]
         select (sizes, left, right, threshold)).Sample(
            (sizes, left, right, threshold) =>
            {
                float[] expected = [.. Enumerable.Range(0, sizes.Batch * sizes.Channels).Select(i =>
                {
                    float sum = 0;
                    for (int step = 0; step < sizes.Steps; step++)
                    {
                        int at = (((i / sizes.Channels * sizes.Steps) + step) * sizes.Channels) + (i % sizes.Channels);
                        sum += MathF.Abs(left[at] - right[at]);
                    }

                    return sum / sizes.Steps >= threshold ? 1f : 0f;
                })];
                Assert.Equal(expected, FloatCases.Output(
                    expected.Length, output => new DeviationThreshold(sizes.Steps, sizes.Channels).Run(left, right, threshold, output)));
            },
            iter: 300);

    [Fact]
    public void Integers_saturate_and_their_mean_is_rounded_down() =>
        (from sizes in Sizes
         from bits in Gen.OneOf(5, 15, 27)
         from left in Cases.Integers(ValueRange.OfBits(16), sizes.Steps * sizes.Channels * sizes.Batch)
         from right in Cases.Integers(ValueRange.OfBits(16), left.Length)
         from threshold in Gen.Long[0, 1L << bits]
         select (sizes, bits, left, right, threshold)).Sample(
            (sizes, bits, left, right, threshold) =>
            {
                int sampleSize = sizes.Steps * sizes.Channels;
                long[] expected = [.. Enumerable.Range(0, sizes.Batch * sizes.Channels).Select(i =>
                {
                    long sum = 0;
                    for (int step = 0; step < sizes.Steps; step++)
                    {
                        int at = (((i / sizes.Channels * sizes.Steps) + step) * sizes.Channels) + (i % sizes.Channels);
                        long distance = Naive.Saturate(Naive.Saturate(left[at], bits) - Naive.Saturate(right[at], bits), bits);
                        sum += Naive.Saturate(Math.Abs(distance), bits);
                    }

                    return sum / sizes.Steps >= threshold ? 1L : 0L;
                })];
                IntegerData output = new(sizes.Channels, sizes.Batch, IntegerStorage.Int16);
                new DeviationThreshold(sizes.Steps, sizes.Channels).Run(
                    Cases.Buffer(left, sampleSize, IntegerStorage.Int32),
                    Cases.Buffer(right, sampleSize, IntegerStorage.Int64),
                    bits,
                    threshold,
                    output,
                    sizes.Batch);
                Assert.Equal(expected, Cases.Values(output));
            },
            iter: 300);
}
