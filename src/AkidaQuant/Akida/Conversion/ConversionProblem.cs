namespace AkidaQuant.Akida.Conversion;

/// <summary>A rule of the conversion that a quantized model breaks.</summary>
/// <param name="Rule">The identifier of the error, such as <c>AkidaKernelNotSquare</c>.</param>
/// <param name="Layer">The layer that breaks it; null where it is the model as a whole.</param>
/// <param name="Message">What was found, and what to do.</param>
internal sealed record ConversionProblem(string Rule, string? Layer, string Message);
