namespace AkidaQuant.PowerShell.Arguments;

/// <summary>A device, or the name of one.</summary>
public sealed class DeviceArgument : IArgument<DeviceArgument>
{
    private DeviceArgument(object? value) => Value = value;

    /// <summary>What was given.</summary>
    internal object? Value { get; }

    /// <inheritdoc/>
    public static DeviceArgument From(object? value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Given.Describe(Value);
}
