using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Execution;

public sealed class SampleChunksTests
{
    [Fact]
    public void Every_sample_is_taken_once_whatever_the_threads() =>
        Gen.Select(Gen.Long[1, 20 << 20], Gen.Int[1, 300], Gen.Int[1, 7], Gen.Int[0, 50]).Sample((bytes, samples, threads, start) =>
        {
            SampleChunks chunks = SampleChunks.Of(bytes, samples, threads);
            int[] taken = new int[samples];
            chunks.Run(
                start,
                samples,
                (first, count) =>
                {
                    Assert.InRange(count, 1, chunks.Size);
                    for (int i = 0; i < count; i++)
                    {
                        Interlocked.Increment(ref taken[first - start + i]);
                    }
                },
                TestContext.Current.CancellationToken);
            return taken.All(count => count == 1) && chunks.Workers * chunks.ThreadsPerWorker == threads;
        });

    [Theory]
    [InlineData(1, 2, 1, 2)]
    [InlineData(3, 2, 1, 2)]
    [InlineData(16, 2, 2, 1)]
    [InlineData(9, 2, 2, 1)]
    [InlineData(16, 1, 1, 1)]
    public void Large_samples_are_shared_out_where_all_threads_get_some_and_computed_together_where_not(
        int samples, int threads, int workers, int threadsPerWorker)
    {
        SampleChunks chunks = SampleChunks.Of(1L << 30, samples, threads);
        Assert.Equal(new SampleChunks(1, workers, threadsPerWorker), chunks);
    }

    [Fact]
    public void The_first_error_of_a_chunk_is_the_error()
    {
        QuantException error = Assert.Throws<QuantException>(() => new SampleChunks(1, 2, 1).Run(
            0,
            20,
            (first, _) => throw new QuantException("Wrong", QuantErrorKind.InvalidData, $"chunk {first}", null),
            TestContext.Current.CancellationToken));
        Assert.Equal("Wrong", error.Id);
    }
}
