namespace AkidaQuant.Layers;

/// <summary>
/// How layers fill new weights unless told otherwise, as files write it (tools.md 6.5). Without meaning once weights are stored.
/// </summary>
internal static class Initializers
{
    /// <summary>Uniform values of Glorot's variance.</summary>
    public static object GlorotUniform { get; } = Make(nameof(GlorotUniform), ("seed", null));

    /// <summary>Zeros.</summary>
    public static object Zeros { get; } = Make(nameof(Zeros));

    /// <summary>Ones.</summary>
    public static object Ones { get; } = Make(nameof(Ones));

    /// <summary>An initializer with its settings, as files write it.</summary>
    public static ArgumentMap Make(string name, params IEnumerable<(string Key, object? Value)> settings)
    {
        ArgumentMap config = [];
        foreach ((string key, object? value) in settings)
        {
            config.Add(key, value);
        }

        return new ArgumentMap
        {
            ["module"] = "keras.initializers",
            ["class_name"] = name,
            ["config"] = config,
            ["registered_name"] = null,
        };
    }
}
