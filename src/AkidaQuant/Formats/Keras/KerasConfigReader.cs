using System.Text.Json;
using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Reads the model JSON of Keras files (tools.md 6).</summary>
internal sealed class KerasConfigReader
{
    private readonly string _path;
    private readonly Dictionary<string, long?> _nestedUses = new(StringComparer.Ordinal);

    private readonly int? _version;

    private KerasConfigReader(string path, int? version)
    {
        _path = path;
        _version = version;
    }

    /// <summary>Reads the description of a model.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="json">The text of <c>model_config</c>.</param>
    /// <param name="version">The version of Keras that wrote it, in front of its first point; null where it is not known.</param>
    /// <param name="cut">Leaves out what is not needed before it is read; null for nothing.</param>
    /// <exception cref="QuantException">
    /// The text is damaged, or describes a model with several inputs or outputs, or with layers that are used more than once.
    /// </exception>
    public static KerasModelConfig Read(string path, string json, int? version = null, KerasCut? cut = null)
    {
        object? model = Parse(path, json);
        return new KerasConfigReader(path, version).ReadModel(cut is null ? model : cut.Apply(model));
    }

    /// <summary>The values of the text of <c>model_config</c>, in plain form.</summary>
    /// <exception cref="QuantException"><c>ModelFileDamaged</c>: it is no JSON.</exception>
    public static object? Parse(string path, string json)
    {
        try
        {
            return PlainValues.Of(PythonJsonReader.Parse(json));
        }
        catch (JsonException e)
        {
            throw new QuantException(
                "ModelFileDamaged",
                QuantErrorKind.InvalidData,
                $"The model file '{path}' is damaged: its model configuration is not valid JSON{PythonJsonReader.Problem(e)}. Save the model again.",
                path,
                e);
        }
    }

    /// <summary>Whether a class is one of models, which may stand in the place of layers.</summary>
    public static bool IsModel(string? className) => className is "Sequential" or "Functional" or "Model";

    private KerasModelConfig ReadModel(object? value, bool isNested = false)
    {
        IReadOnlyDictionary<string, object?> model = Map(value, "the model configuration");
        string className = Text(model, "class_name", "the model");
        bool isSequential = className == "Sequential";
        if (!IsModel(className))
        {
            throw new QuantException(
                "ModelClassUnknown",
                QuantErrorKind.NotSupported,
                $"The model in '{_path}' is of the class '{className}'. Only functional and sequential models can be read; rebuild it as tf_keras.Model(inputs, outputs) and save that.",
                _path);
        }

        // Old files of sequential models hold the list of layers itself.
        object? config = model.GetValueOrDefault("config");
        IReadOnlyDictionary<string, object?> settings = isSequential && config is IReadOnlyList<object?>
            ? new Dictionary<string, object?> { ["layers"] = config }
            : Map(config, "the configuration of the model");
        string name = settings.GetValueOrDefault("name") as string ?? (isSequential ? "sequential" : "model");
        IReadOnlyList<object?> layers = List(settings.GetValueOrDefault("layers"), "the layers of the model");
        if (layers.Count == 0)
        {
            throw Invalid("the model has no layers");
        }

        bool trainable = settings.GetValueOrDefault("trainable") is not (false or 0L);
        if (!isSequential)
        {
            return ReadFunctional(name, trainable, layers, settings, isNested);
        }

        // What calls a nested model gives its shape.
        object? builtShape = settings.GetValueOrDefault("build_input_shape") ?? (isNested ? new List<object?> { null } : null);
        return ReadSequential(name, trainable, layers, builtShape);
    }

    private KerasModelConfig ReadSequential(string name, bool trainable, IReadOnlyList<object?> layers, object? builtShape)
    {
        List<KerasLayerConfig> read = [.. layers.Select(layer => ReadLayer(Map(layer, "a layer"), isSequential: true))];
        if (read[0].ClassName != "InputLayer")
        {
            KerasLayerConfig first = read[0];
            while (first.Nested is { } nested && first.Arguments["batch_input_shape"] is null)
            {
                first = nested.Layers[0];
            }

            read.Insert(0, MakeInput(read[0].Arguments.Name, first.Arguments, builtShape));
        }

        return new KerasModelConfig(name, IsSequential: true, trainable, read, [read[^1].Arguments.Name]);
    }

    private KerasLayerConfig MakeInput(string firstName, LayerArguments first, object? builtShape)
    {
        object? shape = first["batch_input_shape"] ?? builtShape;
        if (shape is null && first["input_shape"] is IReadOnlyList<object?> sample)
        {
            shape = new List<object?>([null, .. sample]);
        }

        if (shape is null)
        {
            throw new QuantException(
                "InputShapeMissing",
                QuantErrorKind.InvalidData,
                $"The model in '{_path}' doesn't say which input it takes. Build it with an Input layer, or call model.build(input_shape) before saving.",
                _path);
        }

        string name = $"{firstName}_input";
        Dictionary<string, object?> values = new(StringComparer.Ordinal)
        {
            ["batch_input_shape"] = shape,
            ["dtype"] = first["dtype"] as string ?? "float32",
            ["name"] = name,
        };
        return new KerasLayerConfig("InputLayer", new LayerArguments(name, values), null);
    }

    private KerasModelConfig ReadFunctional(
        string name,
        bool trainable,
        IReadOnlyList<object?> layers,
        IReadOnlyDictionary<string, object?> settings,
        bool isNested)
    {
        foreach (IReadOnlyDictionary<string, object?> layer in layers.OfType<IReadOnlyDictionary<string, object?>>())
        {
            if (IsModel(layer.GetValueOrDefault("class_name") as string) && layer.GetValueOrDefault("name") is string nested)
            {
                _nestedUses[nested] = null;
            }
        }

        List<KerasLayerConfig> read = [.. layers.Select(layer => ReadLayer(Map(layer, "a layer"), isSequential: false))];
        IReadOnlyList<string> inputs = Tensors(settings.GetValueOrDefault("input_layers"), "the inputs of the model");
        if (inputs.Count != 1)
        {
            throw new QuantException(
                "SeveralInputs",
                QuantErrorKind.NotSupported,
                $"The model '{name}' in '{_path}' has {inputs.Count} inputs ({Listing.Of(inputs)}). Only models with one input can be quantized; give it one input tensor that holds all of them.",
                _path);
        }

        // A layer may be named twice, and gives its output once.
        string[] outputs = [.. Tensors(settings.GetValueOrDefault("output_layers"), "the outputs of the model").Distinct()];
        return outputs.Length switch
        {
            0 => throw Invalid("the model has no outputs"),
            _ when outputs.Length == 1 || !isNested => new KerasModelConfig(name, IsSequential: false, trainable, read, outputs),
            _ => throw new QuantException(
                "SeveralOutputs",
                QuantErrorKind.NotSupported,
                $"The model '{name}' in '{_path}' is inside another one and has {outputs.Length} outputs ({Listing.Of(outputs)}). Only models with one output can be; save tf_keras.Model(inputs, output) for the one you need.",
                _path),
        };
    }

    private KerasLayerConfig ReadLayer(IReadOnlyDictionary<string, object?> layer, bool isSequential)
    {
        string className =
            layer.GetValueOrDefault("registered_name") is string registered && registered.Contains('>', StringComparison.Ordinal)
                ? registered
                : Text(layer, "class_name", "a layer");
        KerasModelConfig? nested = IsModel(className) ? new KerasConfigReader(_path, _version).ReadModel(layer, isNested: true) : null;
        IReadOnlyDictionary<string, object?> arguments =
            nested is not null && layer.GetValueOrDefault("config") is not IReadOnlyDictionary<string, object?>
                ? new Dictionary<string, object?>()
                : StoredForms.Normalize(Map(layer.GetValueOrDefault("config"), $"the configuration of a layer of class '{className}'"));
        string name =
            (layer.GetValueOrDefault("name") ?? arguments.GetValueOrDefault("name") ?? nested?.Name) as string
            ?? throw Invalid($"a layer of class '{className}' has no name");
        if (className is nameof(TFOpLambda) or nameof(SlicingOpLambda) && !isSequential)
        {
            return ReadOperator(name, className, arguments, layer.GetValueOrDefault("inbound_nodes"));
        }

        if (Keras1Forms.Has(className, arguments))
        {
            (className, arguments) = Keras1Forms.Translate(className, arguments)
                ?? throw Keras1Forms.NotSupported(_path, name, className);
        }

        if (StoredForms.QuantizedPolicy(arguments) is { } policy)
        {
            throw new QuantException(
                "KerasQuantized",
                QuantErrorKind.NotSupported,
                $"The layer '{name}' ({className}) in '{_path}' was quantized by Keras itself (its policy is '{policy}'), in a way that Akida does not have. Save the model before model.quantize(), and quantize it here.",
                name);
        }

        KerasLayerConfig read = KerasActivation.Apply(
            new KerasLayerConfig(className, new LayerArguments(name, arguments), null, nested), _version);
        return isSequential ? read : read with { Inputs = ReadInputs(name, read.ClassName, layer.GetValueOrDefault("inbound_nodes")) };
    }

    private KerasLayerConfig ReadOperator(string name, string className, IReadOnlyDictionary<string, object?> arguments, object? value)
    {
        IReadOnlyList<object?> calls = OneCall(name, className, value);
        string what = $"the arguments of the operator '{name}'";
        KerasOperatorCall call = KerasOperatorCall.Read(calls.Count == 0 ? null : calls[0]) ?? throw Invalid($"{what} are not a call");
        Dictionary<string, object?> all = new(arguments, StringComparer.Ordinal) { [TFOpLambda.CallKey] = call.Arguments };
        return new KerasLayerConfig(
            className,
            new LayerArguments(name, all),
            [.. call.Tensors.Select(tensor => Tensor(tensor, what))]);
    }

    private IReadOnlyList<string> ReadInputs(string name, string className, object? value)
    {
        if (OneCall(name, className, value) is not [var call, ..])
        {
            return [];
        }

        try
        {
            return Tensors(call, $"the inputs of layer '{name}'");
        }
        catch (QuantException) when (!IsModel(className) && !LayerClasses.Names.Contains(className))
        {
            // Layers of other classes are refused by their class later; operators among them are not wrapped in a call.
            return [];
        }
    }

    private IReadOnlyList<object?> OneCall(string name, string className, object? value)
    {
        IReadOnlyList<object?> calls = value is null ? [] : List(value, $"the inputs of layer '{name}'");
        return calls.Count <= 1
            ? calls
            : throw new QuantException(
                "SharedLayer",
                QuantErrorKind.NotSupported,
                $"The layer '{name}' ({className}) in '{_path}' is used {calls.Count} times. Give each use its own layer with the same weights, then save the model again.",
                name);
    }

    /// <summary>The layers that a list of <c>[name, node, tensor, ...]</c> refers to, or a single such reference.</summary>
    private IReadOnlyList<string> Tensors(object? value, string what)
    {
        if (value is IReadOnlyDictionary<string, object?> call)
        {
            return [.. HistoryTensors(call.GetValueOrDefault("args"), what), .. HistoryTensors(call.GetValueOrDefault("kwargs"), what)];
        }

        IReadOnlyList<object?> entries = List(value, what);
        return entries is [string, ..] ? [Tensor(entries, what)] : [.. entries.Select(entry => Tensor(List(entry, what), what))];
    }

    /// <summary>The layers that the arguments of a call refer to, in the form of Keras 3.</summary>
    private IEnumerable<string> HistoryTensors(object? value, string what)
    {
        switch (value)
        {
            case IReadOnlyList<object?> list:
                return list.SelectMany(item => HistoryTensors(item, what));
            case IReadOnlyDictionary<string, object?> map when map.GetValueOrDefault("class_name") is "__keras_tensor__":
                IReadOnlyDictionary<string, object?> config = Map(map.GetValueOrDefault("config"), what);
                return [Tensor(List(config.GetValueOrDefault("keras_history"), what), what)];
            case IReadOnlyDictionary<string, object?> map:
                return map.Values.SelectMany(item => HistoryTensors(item, what));
            default:
                return [];
        }
    }

    private string Tensor(IReadOnlyList<object?> entry, string what)
    {
        if (entry is not [string name, long node, long tensor, ..])
        {
            throw Invalid($"{what} are not given as name, node and tensor");
        }

        // Some versions count the building of a nested model as a use, so that its only call is number 1.
        if (tensor == 0 && _nestedUses.TryGetValue(name, out long? use) && (use ?? node) == node)
        {
            _nestedUses[name] = node;
            return name;
        }

        return (node, tensor) is (0, 0)
            ? name
            : throw new QuantException(
                "SharedLayer",
                QuantErrorKind.NotSupported,
                $"In '{_path}', {what} refer to the output {tensor} of the use {node} of layer '{name}'. Only layers that are used once and have one output can be read.",
                name);
    }

    private static string Quote(object? value) => value is null ? "missing" : $"'{value}'";

    private string Text(IReadOnlyDictionary<string, object?> map, string key, string what) =>
        map.GetValueOrDefault(key) as string ?? throw Invalid($"the '{key}' of {what} is {Quote(map.GetValueOrDefault(key))}, not a text");

    private IReadOnlyDictionary<string, object?> Map(object? value, string what) =>
        value as IReadOnlyDictionary<string, object?> ?? throw Invalid($"{what} is not a JSON object");

    private IReadOnlyList<object?> List(object? value, string what) =>
        value as IReadOnlyList<object?> ?? throw Invalid($"{what} are not a JSON list");

    private QuantException Invalid(string problem) =>
        new(
            "ModelConfigInvalid",
            QuantErrorKind.InvalidData,
            $"The model configuration in '{_path}' is not one that Keras writes: {problem}. Save the model again.",
            _path);
}
