using System.Collections;

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
        object? value = Given.Unwrap(inputData);
        switch (value)
        {
            case Shape { IsKnown: false } open:
                throw new ArgumentTransformationMetadataException(
                    $"The shape {open} has a dimension that is not known. Give the numbers, such as 28, 28, 1.");
            case Shape shape:
                return shape.ToArray();
            case string or IList or IConvertible
                when !Given.HasFraction(value) && LanguagePrimitives.TryConvertTo(inputData, out int[] numbers) && numbers.Length > 0:
                return numbers;
            default:
                throw new ArgumentTransformationMetadataException(
                    $"A shape is whole numbers, such as 28, 28, 1, but was given {Given.Describe(value)}.");
        }
    }
}
