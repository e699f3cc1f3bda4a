using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class FrameFifoTests
{
    [Fact]
    public void The_last_frames_of_every_position_stay_oldest_first() =>
        (from frames in Gen.Int[1, 5]
         from channels in Gen.Int[1, 20]
         from positions in Gen.Int[1, 4]
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         from pushed in Gen.Long[-32768, 32767].Array[batch * positions * channels].Array[1, 8]
         select (frames, channels, positions, batch, storage, pushed)).Sample(
            (frames, channels, positions, batch, storage, pushed) =>
            {
                FrameFifo fifo = new(frames, channels);
                IntegerData integers = new(positions * frames * channels, batch, storage);
                float[] floats = new float[batch * positions * frames * channels];
                foreach (long[] frame in pushed)
                {
                    fifo.Push(integers, Cases.Buffer(frame, positions * channels, storage), batch);
                    fifo.Push(floats, Array.ConvertAll(frame, value => (float)value));
                }

                long[] expected = new long[floats.Length];
                for (int i = 0; i < expected.Length; i++)
                {
                    (int position, int rest) = Math.DivRem(i, frames * channels);
                    int age = frames - 1 - (rest / channels);
                    expected[i] = age < pushed.Length ? pushed[^(age + 1)][(position * channels) + (rest % channels)] : 0;
                }

                Assert.Equal(expected, Cases.Values(integers));
                Assert.Equal(expected.Select(value => (float)value), floats);
            });

    [Fact]
    public void A_buffer_of_another_storage_is_refused() => Assert.Throws<ArgumentException>(() =>
        new FrameFifo(1, 4).Push(new IntegerData(4, 1, IntegerStorage.Int16), new IntegerData(4, 1, IntegerStorage.Int32), 1));
}
