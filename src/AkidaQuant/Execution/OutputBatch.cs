namespace AkidaQuant.Execution;

/// <summary>The outputs of a model for one batch of samples.</summary>
/// <param name="Start">The index of the first sample.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Values">The outputs, row-major, the batch first.</param>
public sealed record OutputBatch(int Start, int Count, float[] Values);
