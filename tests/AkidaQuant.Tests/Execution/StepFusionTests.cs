using System.Numerics.Tensors;
using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class StepFusionTests
{
    private static readonly FloatSpec Pair = new(new Shape(2));

    [Fact]
    public void Functions_join_the_step_before_them_where_nobody_looks_between()
    {
        ExecutionPlan<Step> plan = Plan([new("sum", null), new("double", 2, "sum"), new("triple", 3, "double")]);
        StepFusion fusion = new(plan, RunnerResults.Of([2]));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(fusion.IsAbsorbed));
        Assert.Equal(0, fusion.HeadOf(2));
        Assert.Single(fusion.StagesOf(2));
        Assert.Equal([12, 18], Run(plan, RunnerResults.Of([2])));
    }

    [Fact]
    public void What_is_observed_is_there_and_the_same()
    {
        ExecutionPlan<Step> plan = Plan([new("sum", null), new("double", 2, "sum"), new("triple", 3, "double")]);
        PlanRunner runner = new(plan, 1, RunnerResults.Of([2], [1]));
        List<(int Step, float First)> seen = [];
        ((float[])[1, 2]).CopyTo(((FloatData)runner.Input).Values(1));
        runner.Run(1, (step, data, batch) => seen.Add((step, ((FloatData)data).Values(batch)[0])), TestContext.Current.CancellationToken);
        Assert.Equal([(-1, 1f), (1, 4f), (2, 12f)], seen);
        Assert.Throws<InvalidOperationException>(() => runner[1]);
    }

    [Fact]
    public void A_step_that_others_read_too_is_not_taken_in()
    {
        ExecutionPlan<Step> plan = Plan([new("sum", null), new("double", 2, "sum"), new("both", null, "sum", "double")]);
        StepFusion fusion = new(plan, RunnerResults.Of([2]));
        Assert.DoesNotContain(true, Enumerable.Range(0, 3).Select(fusion.IsAbsorbed));
        Assert.Equal([6 + 1, 9 + 1], Run(plan, RunnerResults.Of([2])));
    }

    private static ExecutionPlan<Step> Plan(Step[] steps) => new("model", Pair, steps, [steps[^1].Name]);

    private static float[] Run(ExecutionPlan<Step> plan, RunnerResults results)
    {
        PlanRunner runner = new(plan, 1, results);
        ((float[])[1, 2]).CopyTo(((FloatData)runner.Input).Values(1));
        runner.Run(1, TestContext.Current.CancellationToken);
        return ((FloatData)runner.Output).Values(1).ToArray();
    }

    /// <summary>One more than the sum of its inputs, or a multiple of the only one.</summary>
    private sealed record Step(string Name, float? Factor, params string[] Names) : IPlanNode
    {
        public IReadOnlyList<string> Inputs => Names;

        public string Title => Name;

        public PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => Factor is { } factor
            ? PreparedLayer.OfFunction(Pair.Shape, () => (values, _) => TensorPrimitives.Multiply(values, factor, values))
            : PreparedLayer.OfFloats(Pair.Shape, () => FloatPart.OfRows(1, 2, (tensors, row, result) =>
            {
                result.Fill(1);
                foreach (TensorData tensor in tensors)
                {
                    TensorPrimitives.Add(result, ((FloatData)tensor).Values(1).Slice(2 * row, result.Length), result);
                }
            }));
    }
}
