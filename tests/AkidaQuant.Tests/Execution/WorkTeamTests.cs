using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class WorkTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Every_part_is_done_once_and_stages_do_not_overlap(int threads)
    {
        WorkTeam team = new(threads);
        int[] done = new int[5000];
        for (int round = 0; round < 200; round++)
        {
            for (int stage = 0; stage < 20; stage++)
            {
                int shares = (stage % threads) + 1;
                int[] counts = new int[shares];
                team.Run(
                    share =>
                    {
                        Assert.Equal(shares == 1 ? 0 : shares, share.Count);
                        Interlocked.Increment(ref counts[share.Index]);
                        Thread.SpinWait(share.Index * 10);
                    },
                    shares);
                Assert.All(counts, count => Assert.Equal(1, count));
                done[round]++;
            }

            team.Close();
        }

        Assert.Equal(4000, done.Sum());
    }

    [Fact]
    public void An_error_comes_back_when_all_other_parts_are_done_and_the_team_goes_on()
    {
        WorkTeam team = new(3);
        int done = 0;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => team.Run(
            share =>
            {
                if (share.Index == 0)
                {
                    throw new InvalidOperationException("first");
                }

                Thread.Sleep(20);
                Interlocked.Increment(ref done);
            },
            3));
        Assert.Equal("first", error.Message);
        Assert.Equal(2, done);
        team.Run(_ => Interlocked.Increment(ref done), 3);
        Assert.Equal(5, done);
        team.Close();
    }
}
