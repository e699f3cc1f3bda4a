using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Describes models as Keras does: in the form of HDF5 files, or in that of archives (tools.md 5.2 and 6).</summary>
internal sealed class KerasConfigWriter
{
    private const string KerasPackage = "keras";

    private readonly Model _model;
    private readonly Dictionary<string, Shape>? _shapes;

    private KerasConfigWriter(Model model, bool isArchive)
    {
        _model = model;
        _shapes = isArchive
            ? model.Plan.Steps.ToDictionary(step => step.Node.Name, step => step.Prepared.Output.Shape, StringComparer.Ordinal)
            : null;
    }

    /// <summary>The text of <c>model_config</c> in an HDF5 file.</summary>
    public static string ToHdf5Json(Model model) => PythonJson.ToLine(new KerasConfigWriter(model, isArchive: false).OfModel());

    /// <summary>The text of <c>config.json</c> in an archive.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs, so that their shapes are not known.</exception>
    public static string ToArchiveJson(Model model) => PythonJson.ToLine(new KerasConfigWriter(model, isArchive: true).OfModel());

    private OrderedDictionary<string, object?> OfModel()
    {
        bool isSequential = _model.IsSequential;
        OrderedDictionary<string, object?> config = new() { ["name"] = _model.Name };
        if (!isSequential)
        {
            config["trainable"] = true;
        }

        config["layers"] = _model.Nodes.Select(OfNode).ToList();
        if (!isSequential)
        {
            config["input_layers"] = new[] { Tensor(_model.Input.Name) };
            config["output_layers"] = _model.Outputs.Select(Tensor).ToList();
        }

        string className = isSequential ? "Sequential" : "Functional";
        if (_shapes is null)
        {
            return new OrderedDictionary<string, object?> { ["class_name"] = className, ["config"] = config };
        }

        return new OrderedDictionary<string, object?>
        {
            ["module"] = isSequential ? KerasPackage : "tf_keras.src.engine.functional",
            ["class_name"] = className,
            ["config"] = config,
            ["registered_name"] = isSequential ? null : className,
            ["build_config"] = BuildConfig(Dimensions(_model.Input.Name)),
        };
    }

    private OrderedDictionary<string, object?> OfNode(Node node)
    {
        string stored = node.Layer.StoredClass;
        OrderedDictionary<string, object?> layer = [];
        if (_shapes is null)
        {
            layer["class_name"] = stored;
            layer["config"] = OfLayer(node.Layer);
        }
        else
        {
            layer["module"] = LayerClasses.ModuleOf(stored);
            layer["class_name"] = stored[(stored.IndexOf('>', StringComparison.Ordinal) + 1)..];
            layer["config"] = OfLayer(node.Layer);
            layer["registered_name"] = IsOfKeras(stored) ? null : stored;
            if (node.Layer is not (InputLayer or TFOpLambda))
            {
                layer["build_config"] = BuildConfig(
                    node.Inputs.Count == 1 ? Dimensions(node.Inputs[0]) : node.Inputs.Select(Dimensions).ToList());
            }
        }

        if (!_model.IsSequential)
        {
            layer["name"] = node.Name;
            layer["inbound_nodes"] = node.Layer is TFOpLambda operation ? KerasOperatorCall.Write(operation, node.Inputs)
                : node.Inputs.Count == 0 ? Array.Empty<object>()
                : new[] { node.Inputs.Select(input => new object?[] { input, 0L, 0L, new OrderedDictionary<string, object?>() }).ToList() };
        }

        return layer;
    }

    private OrderedDictionary<string, object?> OfLayer(Layer layer)
    {
        OrderedDictionary<string, object?> config = [];
        if (layer is not InputLayer)
        {
            config["name"] = layer.Name;
            Add(config, layer.Kept("trainable", true));
            Add(config, layer.Kept("dtype", "float32"));
            if (layer.StoredArguments.ContainsKey("batch_input_shape") || IsAtInput(layer))
            {
                Add(config, layer.Kept("batch_input_shape", LayerArguments.ListOf(_model.InputShape.Prepend(Shape.Unknown))));
            }
        }

        foreach ((string key, object? value) in layer.Arguments)
        {
            object? stored = layer.StoredArguments.GetValueOrDefault(key);
            config[key] = StoredValues.AreSame(value, stored) ? stored : value;
        }

        if (layer is InputLayer)
        {
            config["name"] = layer.Name;
        }

        return config;
    }

    /// <summary>Whether a layer quantizes what the model takes, and not what comes out of layers in float.</summary>
    private bool IsAtInput(Layer layer) => layer is InputQuantizer && _model.NodeOf(layer.Name).Inputs.Contains(_model.Input.Name);

    /// <summary>Whether Keras finds the class in its public modules, without a registered name.</summary>
    private static bool IsOfKeras(string stored) =>
        !stored.Contains('>', StringComparison.Ordinal) && LayerClasses.ModuleOf(stored).StartsWith(KerasPackage, StringComparison.Ordinal);

    private static void Add(OrderedDictionary<string, object?> config, KeyValuePair<string, object?> argument) =>
        config[argument.Key] = argument.Value;

    private static OrderedDictionary<string, object?> BuildConfig(object shape) => new() { ["input_shape"] = shape };

    private static object?[] Tensor(string layer) => [layer, 0L, 0L];

    private object Dimensions(string layer) => LayerArguments.ListOf(_shapes![layer].Prepend(Shape.Unknown));
}
