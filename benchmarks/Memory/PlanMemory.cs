using AkidaQuant.Execution;

namespace AkidaQuant.Benchmarks.Memory;

/// <summary>How many bytes a worker holds for a sample, and how many the layers of the model, one by one, could not do without.</summary>
internal static class PlanMemory
{
    /// <summary>
    /// The largest sum of tensors that are alive at one layer: those that it reads and writes, and those that a later one reads. Plans
    /// that compute several layers at once can do with less.
    /// </summary>
    public static long OfLayers<TNode>(ExecutionPlan<TNode> plan)
        where TNode : IPlanNode
    {
        IReadOnlyList<PlanStep<TNode>> steps = plan.Steps;

        // Position 0 stands for the model's input; a view is the buffer of what it is a view of.
        int[] owner = new int[steps.Count + 1];
        int[] last = new int[steps.Count + 1];
        for (int i = 0; i < steps.Count; i++)
        {
            int[] inputs = steps[i].Inputs.Count == 0 ? [0] : [.. steps[i].Inputs.Select(input => owner[input + 1])];
            owner[i + 1] = steps[i].Prepared.IsView ? inputs[0] : i + 1;
            last[i + 1] = i + 1;
            foreach (int input in inputs)
            {
                last[input] = i + 1;
            }
        }

        last[owner[plan.OutputStep + 1]] = steps.Count;
        long most = 0;
        for (int step = 1; step <= steps.Count; step++)
        {
            long alive = 0;
            for (int buffer = 0; buffer <= step; buffer++)
            {
                alive += owner[buffer] == buffer && last[buffer] >= step
                    ? TensorData.ByteCount(buffer == 0 ? plan.Input : steps[buffer - 1].Prepared.Output)
                    : 0;
            }

            most = Math.Max(most, alive);
        }

        return most + steps.Sum(step => step.Prepared.State.Sum(TensorData.ByteCount));
    }
}
