namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Samples, or the path of their file.</summary>
public sealed class SampleSetOrPath : IArgument<SampleSetOrPath>
{
    private SampleSetOrPath(object? value) => Value = value;

    /// <summary>What was given.</summary>
    internal object? Value { get; }

    /// <inheritdoc/>
    public static SampleSetOrPath From(object? value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Given.Describe(Value);
}
