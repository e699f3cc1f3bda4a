using System.Collections;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Refuses as layers what is empty; what is wrong with a layer itself, the network says with its place.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LayersAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Given.Unwrap(inputData);
        object?[] layers = value is IList { Count: > 0 } list ? [.. list] : [value];
        foreach ((int index, object? layer) in layers.Index())
        {
            if (Given.Unwrap(layer) is var found && (found is null or "" || (layers.Length == 1 && found is IList { Count: 0 })))
            {
                string place = layers.Length > 1 ? FormattableString.Invariant($" as layer {index + 1}") : string.Empty;
                throw new ArgumentTransformationMetadataException(
                    $"It takes layers, such as ReLU or @{{ Dense = @{{ units = 10 }} }}, but was given {Given.Describe(found)}{place}.");
            }
        }

        return inputData;
    }
}
