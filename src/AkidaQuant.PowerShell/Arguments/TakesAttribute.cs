using System.Collections;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Converts an argument as the engine does, and says in words what is wanted where that fails.</summary>
/// <param name="type">The type to convert to.</param>
/// <param name="kind">What the parameter takes, for the error; names that can be chosen from follow it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TakesAttribute(Type type, string kind) : ArgumentTransformationAttribute
{
    /// <summary>The type to convert to.</summary>
    public Type Type { get; } = type;

    /// <summary>What the parameter takes.</summary>
    public string Kind { get; } = kind;

    /// <summary>Whether $null stands for a parameter that is left out.</summary>
    public bool AllowsNull { get; init; }

    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => true;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        // PowerShell would make a number of nothing, of a switch and of a fraction.
        object? value = Given.Unwrap(inputData);
        if (value is null && AllowsNull)
        {
            return null!;
        }

        if (
            value is not (null or bool or "") && !IsCut(value) && !IsJoined(value) && (!IsNumeric || Given.IsClear(value))
            && LanguagePrimitives.TryConvertTo(inputData, Type, out object result)
        )
        {
            return result;
        }

        string names = Type.IsEnum ? $": {string.Join(", ", Enum.GetNames(Type).Select(name => name.ToLowerInvariant()))}" : string.Empty;
        string advice = IsNumeric && value is string text && text.Contains(',', StringComparison.Ordinal)
            ? " A fraction has a point, as in 0.5, and a list no quotes, as in 1, 5."
            : string.Empty;
        throw new ArgumentTransformationMetadataException($"It takes {Kind}{names}, but was given {Given.Describe(value)}.{advice}");
    }

    private bool IsNumeric => (Type.GetElementType() ?? Type) is var element
        && (element == typeof(int) || element == typeof(ulong) || element == typeof(double));

    /// <summary>Whether a conversion would make one text of several objects, or of all that a model says of itself.</summary>
    private bool IsJoined(object value) => Type == typeof(string) && value is (IEnumerable and not string) or Model or AkidaModel;

    /// <summary>Whether a conversion would round a fraction away.</summary>
    private bool IsCut(object value) =>
        Type != typeof(double) && Type != typeof(double[]) && Type != typeof(Array) && Given.HasFraction(value);
}
