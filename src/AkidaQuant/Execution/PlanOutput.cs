namespace AkidaQuant.Execution;

/// <summary>One of the tensors that a model gives.</summary>
/// <param name="Name">The name of the layer that it comes from.</param>
/// <param name="Shape">Its shape for one sample.</param>
public sealed record PlanOutput(string Name, Shape Shape)
{
    /// <summary>The name and the shape: <c>boxes (64, 4)</c>.</summary>
    public override string ToString() => Printable.Of($"{Name} {Shape}");
}
