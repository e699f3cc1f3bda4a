namespace AkidaQuant.Akida.Layers;

/// <summary>Computes an Akida layer: reads the inputs of <paramref name="batch"/> samples and fills the output.</summary>
/// <remarks>
/// Called from several threads at once, each with its own buffers; keeps nothing between calls. What a layer remembers
/// is in the buffers of <see cref="AkidaPreparedLayer.State"/>, which come behind the inputs.
/// </remarks>
public delegate void AkidaOperation(ReadOnlySpan<TensorData> inputs, TensorData output, int batch);

/// <summary>An Akida layer seen with its inputs: what it gives and how to compute it.</summary>
/// <param name="Output">The tensor that the layer gives.</param>
/// <param name="Macs">Multiplications and additions for one sample (akida-model.md 1.6).</param>
/// <param name="Create">Makes the computation; null when the output is the first input's buffer.</param>
public sealed record AkidaPreparedLayer(AkidaTensor Output, long Macs, Func<AkidaOperation>? Create)
{
    /// <summary>
    /// What the layer remembers from call to call, one tensor for each stream of a runner: zeros at first, then what
    /// the operation leaves in the buffers that it gets behind its inputs.
    /// </summary>
    public IReadOnlyList<TensorSpec> State { get; init; } = [];

    /// <summary>A layer that passes its input through.</summary>
    public static AkidaPreparedLayer View(AkidaTensor output) => new(output, 0, null);
}
