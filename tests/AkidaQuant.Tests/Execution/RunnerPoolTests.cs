using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class RunnerPoolTests
{
    private static readonly RunnerResults Last = RunnerResults.Of([0]);

    [Fact]
    public void A_runner_comes_back_for_the_same_use_only()
    {
        ExecutionPlan plan = Plan(2);
        PlanRunner runner = plan.Runners.Rent(4, Last, 1);
        plan.Runners.Return(runner, Last);
        Assert.NotSame(runner, plan.Runners.Rent(3, Last, 1));
        Assert.NotSame(runner, plan.Runners.Rent(4, Last, 2));
        Assert.NotSame(runner, plan.Runners.Rent(4, RunnerResults.All, 1));
        Assert.Same(runner, plan.Runners.Rent(4, RunnerResults.Of([0]), 1));
        Assert.NotSame(runner, plan.Runners.Rent(4, Last, 1));
    }

    [Fact]
    public void Large_buffers_do_not_wait_for_ever()
    {
        ExecutionPlan plan = Plan(5 << 20);
        PlanRunner[] runners = [.. Enumerable.Range(0, 3).Select(_ => plan.Runners.Rent(1, Last, 1))];
        Assert.True(runners[0].Bytes is > 32 << 20 and < 64 << 20);
        foreach (PlanRunner runner in runners)
        {
            plan.Runners.Return(runner, Last);
        }

        Assert.Same(runners[2], plan.Runners.Rent(1, Last, 1));
        Assert.DoesNotContain(plan.Runners.Rent(1, Last, 1), runners);
    }

    private static ExecutionPlan<Nothing> Plan(int size) => new("model", new FloatSpec(new Shape(size)), [new Nothing()], ["nothing"]);

    private sealed class Nothing : IPlanNode
    {
        public string Name => "nothing";

        public IReadOnlyList<string> Inputs => [];

        public string Title => "Nothing";

        public PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => new(inputs[0], () => (_, _, _) => { });
    }
}
