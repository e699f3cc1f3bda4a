using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class SideBySideTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(7, 4, 3)]
    public void Threads_are_shared_out_and_both_results_come_back(int threads, int first, int second) =>
        Assert.Equal((first, second), SideBySide.Run(threads, own => own, own => own));

    [Fact]
    public void Both_run_at_the_same_time_where_there_are_threads()
    {
        using Barrier both = new(2);
        bool Meet(int own) => both.SignalAndWait(Timeout.Infinite, TestContext.Current.CancellationToken);
        Assert.Equal((true, true), SideBySide.Run(2, Meet, Meet));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_error_of_the_first_comes_before_that_of_the_second(int threads)
    {
        static int First(int own) => throw new InvalidOperationException("first");
        static int Second(int own) => throw new InvalidOperationException("second");
        Assert.Equal("first", Assert.Throws<InvalidOperationException>(() => SideBySide.Run(threads, First, Second)).Message);
        Assert.Equal("second", Assert.Throws<InvalidOperationException>(() => SideBySide.Run(threads, own => own, Second)).Message);
    }

    [Fact]
    public void Nothing_goes_on_when_an_error_comes_back()
    {
        using ManualResetEventSlim failed = new();
        bool isDone = false;
        Assert.Throws<InvalidOperationException>(() => SideBySide.Run<int>(2, Fail, Finish));
        Assert.True(isDone);

        int Fail(int own)
        {
            failed.Set();
            throw new InvalidOperationException();
        }

        int Finish(int own)
        {
            failed.Wait(TestContext.Current.CancellationToken);
            isDone = true;
            return own;
        }
    }
}
