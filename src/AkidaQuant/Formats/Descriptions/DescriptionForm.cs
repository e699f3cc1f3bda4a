using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>The description of a model, without what goes without saying.</summary>
internal static class DescriptionForm
{
    /// <summary>The description as nested dictionaries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">The file of its weights; null for none.</param>
    public static OrderedDictionary<string, object?> Of(Model model, string? weights)
    {
        InputLayer input = model.Input;
        Node[] nodes = [.. model.Nodes.Where(node => node.Layer is not InputLayer)];
        OrderedDictionary<string, object?> form = new() { [DescriptionKeys.Name] = model.Name };
        Add(DescriptionKeys.Sequential, true, model.IsSequential);
        form[DescriptionKeys.InputShape] = LayerArguments.ListOf(input.Shape);
        string? type = input.Type?.FileName() ?? input.StoredArguments.GetValueOrDefault("dtype") as string;
        Add(DescriptionKeys.InputType, type, type is not null && type != "float32");
        string defaultName = NetworkAssembler.DefaultInput(model.IsSequential, [.. nodes.Select(node => node.Name)]);
        Add(DescriptionKeys.InputName, input.Name, input.Name != defaultName);
        Add(DescriptionKeys.InputLayout, "channels_first", input.IsChannelsFirst);
        Add(DescriptionKeys.BatchSize, (long)input.BatchSize, input.BatchSize != Shape.Unknown);
        Add(DescriptionKeys.InputForm, InputFacts.FormOf(input), input.Form is not null);
        Add(DescriptionKeys.InputScheme, InputFacts.SchemeOf(input), input.Scheme is not null);
        Add(DescriptionKeys.FromOnnx, true, input.IsFromOnnx);
        Add(DescriptionKeys.Weights, weights, weights is not null);
        List<object?> layers = [];
        string last = input.Name;
        foreach (Node node in nodes)
        {
            layers.Add(Of(node, node.Inputs is [var only] && only == last));
            last = node.Name;
        }

        form[DescriptionKeys.Layers] = layers;
        Add(DescriptionKeys.Outputs, model.Outputs, model.Outputs is not [var output] || output != last);
        return form;

        void Add(string key, object? value, bool isSaid)
        {
            if (isSaid)
            {
                form[key] = value;
            }
        }
    }

    private static OrderedDictionary<string, object?> Of(Node node, bool follows)
    {
        OrderedDictionary<string, object?> arguments = ArgumentsOf(node.Layer);
        if (!follows)
        {
            arguments["inputs"] = node.Inputs is [var only] ? only : node.Inputs;
        }

        arguments["name"] = node.Name;
        return new OrderedDictionary<string, object?> { [LayerClasses.ShortNameOf(node.Layer.StoredClass)] = arguments };
    }

    private static OrderedDictionary<string, object?> ArgumentsOf(Layer layer)
    {
        OrderedDictionary<string, object?> arguments = new(StringComparer.Ordinal);
        foreach ((string key, object? value) in layer.Arguments)
        {
            object? stored = layer.StoredArguments.GetValueOrDefault(key);
            arguments[key] = StoredValues.AreSame(value, stored) ? stored : value;
        }

        if (layer is TFOpLambda operation)
        {
            arguments[TFOpLambda.CallKey] = OperatorCallForm.Write(operation.Call);
        }
        else
        {
            Shorten(layer, arguments);
        }

        foreach (string key in new[] { "trainable", "dtype" })
        {
            if (layer.StoredArguments.TryGetValue(key, out object? value) && value is not (true or "float32"))
            {
                arguments[key] = value;
            }
        }

        return arguments;
    }

    /// <summary>Leaves out what a layer that is read without it has too, and says once what holds for all axes.</summary>
    private static void Shorten(Layer layer, OrderedDictionary<string, object?> arguments)
    {
        string whole = Text(layer, arguments) ?? string.Empty;
        foreach (string key in arguments.Keys.ToArray())
        {
            object? value = arguments[key];
            int place = arguments.IndexOf(key);
            arguments.Remove(key);
            if (Text(layer, arguments) == whole)
            {
                continue;
            }

            arguments.Insert(place, key, value);
            if (value is IReadOnlyList<object?> { Count: > 1 } list && list.All(item => item is long && item.Equals(list[0])))
            {
                arguments[key] = list[0];
                arguments[key] = Text(layer, arguments) == whole ? list[0] : value;
            }
        }
    }

    /// <summary>All arguments of the layer that is read from some; null when none can be.</summary>
    private static string? Text(Layer layer, OrderedDictionary<string, object?> arguments)
    {
        try
        {
            OrderedDictionary<string, object?> read = [];
            Layer again = LayerClasses.Read(layer.StoredClass, new LayerArguments(layer.Name, arguments))!;
            foreach ((string key, object? value) in again.Arguments)
            {
                read[key] = value;
            }

            return PythonJson.ToLine(read);
        }
        catch (QuantException)
        {
            return null;
        }
    }
}
