using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class StageTests
{
    private static readonly FloatSpec Pair = new(new Shape(2));

    [Fact]
    public void Little_work_is_not_divided_and_much_only_as_far_as_there_are_threads()
    {
        Assert.Equal(1, new Stage(Pair, 1000, (_, _, _, _) => { }).Shares(1, 8));
        Assert.Equal(8, new Stage(Pair, 1_000_000_000_000, (_, _, _, _) => { }).Shares(1000, 8));
        Assert.Equal(2, new Stage(Pair, 1 << 17, (_, _, _, _) => { }).Shares(2, 8));
        Assert.Equal(1, Stage.Whole(Pair, (_, _, _) => { }).Shares(1000, 8));
    }
}
