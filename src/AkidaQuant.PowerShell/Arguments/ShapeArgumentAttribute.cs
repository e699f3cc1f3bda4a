using System.Collections;
using System.Globalization;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Takes the dimensions of a shape as numbers, or from the shape of a model or of samples.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShapeArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => true;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Given.Single(Given.Unwrap(inputData));
        switch (value)
        {
            case Shape { IsKnown: false } open:
                throw new ArgumentTransformationMetadataException(
                    $"The shape {open} has a dimension that is not known. Give the numbers, such as 28, 28, 1.");
            case Shape shape:
                return shape.ToArray();
            case string text when Sizes(text) is { } sizes:
                return sizes;
            case IList or IConvertible and not (string or bool)
                when Given.IsClear(value) && !Given.HasFraction(value)
                && LanguagePrimitives.TryConvertTo(value, out int[] numbers) && numbers.Length > 0:
                return numbers;
            default:
                throw new ArgumentTransformationMetadataException(
                    $"A shape is whole numbers, such as 28, 28, 1, but was given {Given.Describe(value)}.");
        }
    }

    /// <summary>The sizes in one text, as shapes are printed and written: (28, 28, 1) or 28x28x1; null where it is none.</summary>
    private static int[]? Sizes(string text)
    {
        string inner = text.Trim();
        inner = inner is ['(' or '[', .., ')' or ']'] ? inner[1..^1] : inner;
        List<int> sizes = [];
        foreach (string part in inner.TrimEnd().TrimEnd(',').Split(',', 'x', 'X'))
        {
            if (!int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out int size))
            {
                return null;
            }

            sizes.Add(size);
        }

        return [.. sizes];
    }
}
