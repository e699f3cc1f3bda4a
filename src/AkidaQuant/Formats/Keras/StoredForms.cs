using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Brings the arguments of layers that Keras 3 wrote into the form of tf_keras (tools.md 5.2), which reads no other.</summary>
internal static class StoredForms
{
    private const string MixedPolicies = "mixed_";
    private const string VariableType = "float32";
    private const string QuantizedMark = "_from_";

    private static readonly string[] OnlyKeras3 = ["shared_object_id", "input_axes", "output_axes"];

    /// <summary>The arguments of a layer, in the same order.</summary>
    public static IReadOnlyDictionary<string, object?> Normalize(IReadOnlyDictionary<string, object?> arguments)
    {
        PythonMap result = [];
        foreach ((string key, object? value) in arguments)
        {
            result[key == "batch_shape" ? "batch_input_shape" : key] = key switch
            {
                "dtype" => TypeName(value),
                "trainable" when value is 0L or 1L => value is 1L,
                _ => Clean(value),
            };
        }

        return result;
    }

    /// <summary>The policy by which Keras 3 keeps the weights of a layer as integers of its own; null for none.</summary>
    /// <param name="arguments">The arguments, normalized.</param>
    public static string? QuantizedPolicy(IReadOnlyDictionary<string, object?> arguments) =>
        arguments.GetValueOrDefault("dtype") is string type && type.Contains(QuantizedMark, StringComparison.Ordinal) ? type : null;

    /// <summary>
    /// The name of the type of a layer: of one that a policy mixes, that of its variables, because layers compute in float32 here.
    /// </summary>
    private static object? TypeName(object? value)
    {
        while (value is IReadOnlyDictionary<string, object?> policy
            && policy.GetValueOrDefault("config") is IReadOnlyDictionary<string, object?> config
            && (config.GetValueOrDefault("name") ?? config.GetValueOrDefault("default_policy") ?? Quantized(config)) is { } inner)
        {
            value = inner;
        }

        return value is string name && name.StartsWith(MixedPolicies, StringComparison.Ordinal) ? VariableType : value;
    }

    /// <summary>The name of a policy of Keras 3 by which a layer holds integers; null for another one.</summary>
    private static string? Quantized(IReadOnlyDictionary<string, object?> policy) =>
        policy.GetValueOrDefault("mode") is string mode ? $"{mode}{QuantizedMark}{policy.GetValueOrDefault("source_name")}" : null;

    private static object? Clean(object? value) => value is IReadOnlyDictionary<string, object?> map
        ? PythonMap.Of(map.Where(pair => !OnlyKeras3.Contains(pair.Key)), Clean)
        : value;
}
