namespace AkidaQuant.Execution;

/// <summary>A layer of a plan: what goes in and comes out, and how it is computed.</summary>
/// <param name="Inputs">The positions in the plan of the steps that feed it; none where it takes the model's input.</param>
/// <param name="Taken">The tensors that it takes.</param>
/// <param name="Prepared">The layer seen with its inputs.</param>
public abstract record PlanStep(IReadOnlyList<int> Inputs, IReadOnlyList<TensorSpec> Taken, PreparedLayer Prepared)
{
    /// <summary>What the step gives.</summary>
    public override string ToString() => Prepared.ToString();
}

/// <summary>A layer of a plan of one dialect.</summary>
/// <param name="Node">The layer and its connections.</param>
/// <param name="Inputs">The positions in the plan of the steps that feed it; none where it takes the model's input.</param>
/// <param name="Taken">The tensors that it takes.</param>
/// <param name="Prepared">The layer seen with its inputs.</param>
public sealed record PlanStep<TNode>(TNode Node, IReadOnlyList<int> Inputs, IReadOnlyList<TensorSpec> Taken, PreparedLayer Prepared)
    : PlanStep(Inputs, Taken, Prepared)
    where TNode : IPlanNode
{
    /// <summary>The layer and what it gives: <c>conv: signed 8-bit (14, 14, 16)</c>.</summary>
    public override string ToString() => Printable.Of($"{Node.Name}: {Prepared}");
}
