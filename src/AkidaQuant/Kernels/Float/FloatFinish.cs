namespace AkidaQuant.Kernels.Float;

/// <summary>
/// What is applied in place to values that are finished, while they are in the cache: functions of single values and affine maps of
/// channels. The same bits however the values are cut into calls.
/// </summary>
/// <param name="values">One or several whole rows, or neighbouring channels of one row.</param>
/// <param name="channel">The channel of the first value.</param>
public delegate void FloatFinish(Span<float> values, int channel);
