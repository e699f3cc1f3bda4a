namespace AkidaQuant.Kernels.Float;

/// <summary>
/// What happens to finished values while they are in the cache: values of whole rows, or neighbouring channels of one row of which
/// the first is <paramref name="channel"/>.
/// </summary>
/// <param name="values">The values, replaced by what becomes of them.</param>
/// <param name="channel">The first channel.</param>
public delegate void FloatFinish(Span<float> values, int channel);
