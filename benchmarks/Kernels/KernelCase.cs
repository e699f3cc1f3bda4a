namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>A kernel on a tensor: what it does at once, and how much of it a cycle could do.</summary>
/// <param name="Name">The kernel and its sizes.</param>
/// <param name="Operations">The products, or the values, of a run.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Bound">How many of them the vector units could do in a cycle; null where memory or other work decides.</param>
/// <param name="Create">Makes the kernel and its tensors, and gives what runs it.</param>
public sealed record KernelCase(string Name, double Operations, string Unit, double? Bound, Func<Action> Create)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
