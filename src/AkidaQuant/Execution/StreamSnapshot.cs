namespace AkidaQuant.Execution;

/// <summary>What the layers of a plan remember of parallel streams between two calls; never changed once made.</summary>
/// <param name="Buffers">The memory of each tensor of state, in the order of the plan.</param>
internal sealed record StreamSnapshot(IReadOnlyList<byte[]> Buffers);
