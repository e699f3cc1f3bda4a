using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class TimeSubsamplingTests
{
    [Fact]
    public void The_last_step_of_each_period_stays() =>
        (from period in Gen.Int[1, 5]
         from stepSize in Gen.Int[1, 20]
         from periods in Gen.Int[1, 4]
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         from values in Gen.Long[-32768, 32767].Array[batch * periods * period * stepSize]
         select (period, stepSize, periods, batch, storage, values)).Sample(
            (period, stepSize, periods, batch, storage, values) =>
            {
                TimeSubsampling subsampling = new(period, stepSize);
                IntegerData output = new(periods * stepSize, batch, storage);
                subsampling.Run(Cases.Buffer(values, periods * period * stepSize, storage), output, batch);
                long[] expected = [.. values.Chunk(stepSize).Where((_, step) => step % period == period - 1).SelectMany(step => step)];
                Assert.Equal(expected, Cases.Values(output));

                float[] floats = new float[expected.Length];
                subsampling.Run(Array.ConvertAll(values, value => (float)value), floats);
                Assert.Equal(expected.Select(value => (float)value), floats);
            });

    [Fact]
    public void A_buffer_of_another_storage_is_refused() => Assert.Throws<ArgumentException>(() =>
        new TimeSubsampling(1, 4).Run(new IntegerData(4, 1, IntegerStorage.Int32), new IntegerData(4, 1, IntegerStorage.Int16), 1));
}
