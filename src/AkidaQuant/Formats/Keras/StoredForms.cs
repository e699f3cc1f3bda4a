using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Brings the arguments of layers that Keras 3 wrote into the form of tf_keras (tools.md 5.2), which reads no other.</summary>
internal static class StoredForms
{
    private static readonly string[] OnlyKeras3 = ["shared_object_id", "input_axes", "output_axes"];

    /// <summary>The arguments of a layer, in the same order.</summary>
    public static IReadOnlyDictionary<string, object?> Normalize(IReadOnlyDictionary<string, object?> arguments)
    {
        PythonMap result = [];
        foreach ((string key, object? value) in arguments)
        {
            result[key == "batch_shape" ? "batch_input_shape" : key] = key switch
            {
                "dtype" => PolicyName(value),
                "activation" => FunctionName(value),
                _ => Clean(value),
            };
        }

        return result;
    }

    /// <summary>The name of the type that a policy computes in.</summary>
    private static object? PolicyName(object? value) =>
        value is IReadOnlyDictionary<string, object?> policy
        && policy.GetValueOrDefault("class_name") is "DTypePolicy"
        && policy.GetValueOrDefault("config") is IReadOnlyDictionary<string, object?> config
        && config.GetValueOrDefault("name") is string name
            ? name
            : value;

    /// <summary>The name of a function that is given as an object.</summary>
    private static object? FunctionName(object? value) =>
        value is IReadOnlyDictionary<string, object?> function && function.GetValueOrDefault("class_name") is "function"
            && function.GetValueOrDefault("config") is string name
            ? name
            : value;

    private static object? Clean(object? value)
    {
        if (value is not IReadOnlyDictionary<string, object?> map)
        {
            return value;
        }

        PythonMap result = [];
        foreach ((string key, object? item) in map)
        {
            if (!OnlyKeras3.Contains(key))
            {
                result[key] = Clean(item);
            }
        }

        return result;
    }
}
