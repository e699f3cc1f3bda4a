namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Takes true or false, also as a switch or as a text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TruthAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Given.Unwrap(inputData) switch
    {
        bool truth => truth,
        SwitchParameter flag => flag.ToBool(),
        string text when bool.TryParse(text, out bool truth) => truth,
        var other => throw new ArgumentTransformationMetadataException($"It takes $true or $false, but was given {Given.Describe(other)}."),
    };
}
