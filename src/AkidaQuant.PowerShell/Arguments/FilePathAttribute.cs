using System.Collections;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Refuses as a path what is none: of a model the engine would make a text, and a path of that.</summary>
/// <param name="several">Whether the parameter takes a list of paths.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute(bool several) : ArgumentTransformationAttribute
{
    /// <summary>Whether the parameter takes a list of paths.</summary>
    public bool Several { get; } = several;

    /// <summary>Where else an argument may belong, to end the error.</summary>
    public string Advice { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Given.Unwrap(inputData);
        object?[] given = Several && value is IList { Count: > 0 } list and not IDictionary ? [.. list] : [value];
        if (Array.FindIndex(given, IsNoPath) is >= 0 and var place)
        {
            throw new ArgumentTransformationMetadataException(
                $"It takes the path of a file, but was given {Given.Describe(given[place])}.{Advice}");
        }

        return inputData;
    }

    private static bool IsNoPath(object? item) => Given.Unwrap(item) is var value
        && (value is null or "" or IDictionary or IList || value.GetType().Assembly == typeof(Model).Assembly);
}
