namespace AkidaQuant.Execution;

/// <summary>Computes a layer: reads the inputs of <paramref name="batch"/> samples and fills the output.</summary>
/// <remarks>
/// Called from several threads at once, each with its own buffers; keeps nothing between calls. What a layer remembers
/// is in the buffers of <see cref="PreparedLayer.State"/>, which come behind the inputs.
/// </remarks>
public delegate void Operation(ReadOnlySpan<TensorData> inputs, TensorData output, int batch);

/// <summary>
/// Computes a part of an <see cref="Operation"/>: other threads may compute the other parts at the same time, in the same buffers.
/// </summary>
public delegate void DividedOperation(ReadOnlySpan<TensorData> inputs, TensorData output, int batch, WorkShare share);
