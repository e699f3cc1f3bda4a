namespace AkidaQuant.PowerShell.Arguments;

/// <summary>A configuration: an object of this module, nested dictionaries or objects, or the path of a file.</summary>
public sealed class ConfigOrPath : IArgument<ConfigOrPath>
{
    private ConfigOrPath(object? value) => Value = value;

    /// <summary>What was given.</summary>
    internal object? Value { get; }

    /// <inheritdoc/>
    public static ConfigOrPath From(object? value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Given.Describe(Value);
}
