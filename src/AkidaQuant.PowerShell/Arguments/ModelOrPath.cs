namespace AkidaQuant.PowerShell.Arguments;

/// <summary>A model, float or quantized, or the path of its file.</summary>
public sealed class ModelOrPath : IArgument<ModelOrPath>
{
    private ModelOrPath(object? value) => Value = value;

    /// <summary>What was given.</summary>
    internal object? Value { get; }

    /// <inheritdoc/>
    public static ModelOrPath From(object? value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Given.Describe(Value);
}
