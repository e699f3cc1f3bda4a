using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class ExecutionPlanTests
{
    private static readonly FloatSpec Pair = new(new Shape(2));

    [Fact]
    public void Nodes_get_what_those_give_that_feed_them_and_the_first_the_input()
    {
        ExecutionPlan<Adder> plan = new("model", Pair, [new("a", 1), new("b", 10, "a"), new("c", 100, "a", "b")], ["c"]);
        PlanRunner runner = plan.CreateRunner(3);
        ((float[])[1, 2, 3, 4]).CopyTo(((FloatData)runner.Input).Values(2));
        runner.Run(2, TestContext.Current.CancellationToken);
        Assert.Equal([114, 116, 118, 120], ((FloatData)runner.Output).Values(2).ToArray());
        Assert.Same(runner.Input, runner[ExecutionPlan.ModelInput]);
        Assert.Empty(plan["a"].Inputs);
        Assert.Equal([0, 1], plan["c"].Inputs);
        Assert.Equal([Pair, Pair], plan["c"].Taken);
        Assert.Equal(4 * 64, plan.BytesPerSample(RunnerResults.All));
    }

    [Fact]
    public void Any_node_can_be_the_output() =>
        Assert.Equal(0, new ExecutionPlan<Adder>("model", Pair, [new("a", 1), new("b", 10, "a")], ["a"]).OutputStep);

    [Fact]
    public void A_view_shares_the_buffer_of_its_input()
    {
        PlanRunner runner = new ExecutionPlan<Adder>("model", Pair, [new("a", 1), new("view", null, "a")], ["view"]).CreateRunner(1);
        Assert.Same(runner[0], runner.Output);
    }

    [Fact]
    public void Operations_are_made_once_and_when_they_are_needed()
    {
        Adder node = new("a", 1);
        ExecutionPlan<Adder> plan = new("model", Pair, [node], ["a"]);
        Assert.Equal(0, node.Made);
        PlanRunner first = plan.CreateRunner(1);
        PlanRunner second = plan.CreateRunner(1);
        first.Run(1, TestContext.Current.CancellationToken);
        second.Run(1, TestContext.Current.CancellationToken);
        Assert.Equal(1, node.Made);
    }

    [Fact]
    public void A_tensor_that_fits_no_array_is_refused_by_the_name_of_its_layer()
    {
        FloatSpec huge = new(new Shape(1 << 14, 1 << 14));
        QuantException error = Assert.Throws<QuantException>(() => new ExecutionPlan<Adder>("model", huge, [new("a", 1)], ["a"]));
        Assert.Equal("TensorTooLarge", error.Id);
        Assert.StartsWith("Node 'a': ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_samples_than_fit_an_array_are_refused()
    {
        ExecutionPlan<Adder> plan = new("model", Pair, [new("a", 1)], ["a"]);
        QuantException error = Assert.Throws<QuantException>(() => plan.CreateRunner(1 << 28));
        Assert.Equal("BatchTooLarge", error.Id);
        Assert.Contains("'model' takes 8 bytes a sample", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_is_stopped_ends_before_the_next_layer()
    {
        PlanRunner runner = new ExecutionPlan<Adder>("model", Pair, [new("a", 1)], ["a"]).CreateRunner(1);
        Assert.Throws<OperationCanceledException>(() => runner.Run(1, new CancellationToken(canceled: true)));
    }

    /// <summary>The sum of its inputs and a number; a view where there is none.</summary>
    private sealed class Adder(string name, float? number, params string[] inputs) : IPlanNode
    {
        public int Made { get; private set; }

        public string Name => name;

        public IReadOnlyList<string> Inputs => inputs;

        public string Title => $"Node '{name}'";

        public PreparedLayer Prepare(IReadOnlyList<TensorSpec> taken) => number is not { } added
            ? PreparedLayer.View(taken[0])
            : new PreparedLayer(taken[0], () =>
            {
                Made++;
                return (tensors, output, batch) =>
                {
                    Span<float> sums = ((FloatData)output).Values(batch);
                    sums.Fill(added);
                    foreach (TensorData tensor in tensors)
                    {
                        System.Numerics.Tensors.TensorPrimitives.Add(sums, ((FloatData)tensor).Values(batch), sums);
                    }
                };
            });
    }
}
