using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// The activation of a layer as files give it: the name of a function in one of the spellings of Keras, or a layer as an object.
/// </summary>
/// <param name="Value">The name of the function; what the file has where it is none.</param>
/// <param name="ClassName">The class of the layer that the activation is; null for a function.</param>
/// <param name="Config">The configuration of that layer.</param>
internal sealed record KerasActivation(object? Value, string? ClassName, IReadOnlyDictionary<string, object?> Config)
{
    private const string Key = "activation";

    /// <summary>Stands for a function of Python that has no name.</summary>
    private const string Lambda = "<lambda>";
    private const int Keras3 = 3;

    private static readonly IReadOnlyDictionary<string, object?> Nothing = new Dictionary<string, object?>();

    /// <summary>
    /// Names that functions have besides their own: in TensorFlow, in Keras 3, and celu, which is elu where no alpha is given.
    /// </summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["celu"] = "elu",
        ["exp"] = "exponential",
        ["hard_swish"] = "hard_silu",
        ["identity"] = ActivationFunction.Linear,
        ["log_softmax_v2"] = "log_softmax",
        ["softmax_v2"] = "softmax",
    };

    /// <summary>The activation that a file gives.</summary>
    /// <param name="value">What the file has.</param>
    /// <param name="version">The version of Keras that wrote the file, in front of its first point; null where it is not known.</param>
    public static KerasActivation Read(object? value, int? version)
    {
        if (value is string name)
        {
            return OfName(name, version);
        }

        if (value is not IReadOnlyDictionary<string, object?> map || map.GetValueOrDefault("class_name") is not string className)
        {
            return Function(value);
        }

        if (map.GetValueOrDefault("config") is not IReadOnlyDictionary<string, object?> config)
        {
            return OfName(map.GetValueOrDefault("config") as string ?? className, version);
        }

        return className is "__lambda__" or nameof(Lambda) ? Function(Lambda)
            : className == nameof(Activation) ? Read(config.GetValueOrDefault(Key), version)
            : new KerasActivation(null, ClassOf(map) ?? className, config);
    }

    /// <summary>A layer with its activation by the name that it has here, or as a layer behind it.</summary>
    /// <param name="layer">The layer as the file has it.</param>
    /// <param name="version">As for <see cref="Read"/>.</param>
    public static KerasLayerConfig Apply(KerasLayerConfig layer, int? version)
    {
        IReadOnlyDictionary<string, object?> arguments = layer.Arguments.Values;
        if (arguments.GetValueOrDefault(Key) is not { } given)
        {
            return layer;
        }

        KerasActivation activation = Read(given, version);
        string name = layer.Arguments.Name;
        if (activation.ClassName is not { } className)
        {
            return layer with { Arguments = With(layer.Arguments, activation.Value) };
        }

        KerasLayerConfig own = new(className, new LayerArguments(name, StoredForms.Normalize(activation.Config)), null);
        return layer.ClassName == nameof(Activation)
            ? own
            : layer with { Arguments = With(layer.Arguments, ActivationFunction.Linear), Behind = own };
    }

    private static LayerArguments With(LayerArguments arguments, object? activation)
    {
        PythonMap changed = PythonMap.Of(arguments.Values);
        changed[Key] = activation;
        return new LayerArguments(arguments.Name, changed);
    }

    private static KerasActivation Function(object? value) => new(value, null, Nothing);

    /// <summary>The class under which an object is registered; null where it is one of Keras.</summary>
    private static string? ClassOf(IReadOnlyDictionary<string, object?> map) =>
        map.GetValueOrDefault("registered_name") is string registered && registered.Contains('>', StringComparison.Ordinal)
            ? registered
            : null;

    private static KerasActivation OfName(string given, int? version)
    {
        string name = given[(given.LastIndexOfAny(['>', '.']) + 1)..];
        string known = Aliases.GetValueOrDefault(name, name);
        return known == "hard_sigmoid" && version >= Keras3 ? Function(ActivationFunction.HardSigmoidOfSixths)
            : ActivationFunction.Names.Contains(known) ? Function(known)
            : LayerClasses.Names.Contains(name) ? new KerasActivation(null, name, Nothing)
            : Function(given);
    }
}
