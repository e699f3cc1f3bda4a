namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Refuses as a path what is none: of a model the engine would make a text, and a path of that.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Given.Unwrap(inputData);
        if (value is null || value.GetType().Assembly == typeof(Model).Assembly)
        {
            throw new ArgumentTransformationMetadataException($"It takes the path of a file, but was given {Given.Describe(value)}.");
        }

        return inputData;
    }
}
