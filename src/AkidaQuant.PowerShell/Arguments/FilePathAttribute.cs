using System.Collections;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Refuses as a path what is none: of a model the engine would make a text, and a path of that.</summary>
/// <param name="several">Whether the parameter takes a list of paths.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute(bool several) : ArgumentTransformationAttribute
{
    /// <summary>Whether the parameter takes a list of paths.</summary>
    public bool Several { get; } = several;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Given.Unwrap(inputData);
        if (value is null or IDictionary || (value is IList && !Several) || value.GetType().Assembly == typeof(Model).Assembly)
        {
            throw new ArgumentTransformationMetadataException($"It takes the path of a file, but was given {Given.Describe(value)}.");
        }

        return inputData;
    }
}
