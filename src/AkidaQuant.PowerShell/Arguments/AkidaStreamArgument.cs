namespace AkidaQuant.PowerShell.Arguments;

/// <summary>A stream over an Akida model.</summary>
public sealed class AkidaStreamArgument : IArgument<AkidaStreamArgument>
{
    private AkidaStreamArgument(object? value) => Value = value;

    /// <summary>What was given.</summary>
    internal object? Value { get; }

    /// <inheritdoc/>
    public static AkidaStreamArgument From(object? value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Given.Describe(Value);
}
