namespace AkidaQuant.PowerShell.Arguments;

/// <summary>An Akida model, or the path of its file.</summary>
public sealed class AkidaModelArgument : IArgument<AkidaModelArgument>
{
    private AkidaModelArgument(object? value) => Value = value;

    /// <summary>What was given.</summary>
    internal object? Value { get; }

    /// <inheritdoc/>
    public static AkidaModelArgument From(object? value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Given.Describe(Value);
}
