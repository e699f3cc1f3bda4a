using System.Collections;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Reads the description of a network from nested dictionaries and lists.</summary>
internal sealed class DescriptionParser
{
    private static readonly string[] Types =
        [.. Enum.GetValues<IntegerType>().Select(type => type.FileName()), "float16", "bfloat16", "float32", "float64"];

    private readonly DescriptionSource _source;
    private readonly OrderedDictionary<string, object?> _network;

    private DescriptionParser(DescriptionSource source, OrderedDictionary<string, object?> network)
    {
        _source = source;
        _network = network;
    }

    /// <summary>Reads a description.</summary>
    /// <exception cref="QuantException"><c>NetworkInvalid</c>, or what is wrong with a layer.</exception>
    /// <param name="tree">The description.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="outputs">The layers whose outputs the model is to give; null for what the description says.</param>
    public static NetworkDescription Parse(object? tree, DescriptionSource source, IReadOnlyList<string>? outputs = null)
    {
        if (tree is not IDictionary map)
        {
            throw source.Invalid(
                $"must be a dictionary with 'input_shape' and 'layers', but it is {DescriptionSource.Describe(PlainTree.Of(tree, source))}.");
        }

        DescriptionParser parser = new(source, (OrderedDictionary<string, object?>)PlainTree.Of(map, source)!);
        parser.RequireKnownKeys();
        return parser.Parse(outputs);
    }

    private NetworkDescription Parse(IReadOnlyList<string>? outputs)
    {
        if (_network.GetValueOrDefault(DescriptionKeys.Layers) is not List<object?> { Count: > 0 } layers)
        {
            throw Wrong(DescriptionKeys.Layers, "a list of layers");
        }

        DescriptionCut? cut = outputs is null ? null : new DescriptionCut(layers, outputs, _source);
        List<LayerEntry> entries =
        [
            .. layers.Index()
                .Where(layer => cut is null || cut.Kept.Contains(layer.Index))
                .Select(layer => LayerEntryReader.Read(layer.Item, layer.Index + 1, _source)),
        ];
        InputLayer input = ReadInput(entries);
        bool isSequential = Bool(DescriptionKeys.Sequential);
        if (entries.Count == 0)
        {
            throw _source.Invalid("has no layer behind its input. Add some to 'layers'.");
        }

        if (isSequential && entries.FirstOrDefault(entry => entry.Inputs is not null) is { } branch)
        {
            throw _source.OfLayer(
                "LayerEntryInvalid",
                branch.Number,
                branch.ClassName,
                "in a sequential network each layer takes the output of the one before it. Leave out its 'inputs', or 'sequential'.");
        }

        if (cut is not null)
        {
            input = input.Name.Length > 0 ? input : input with { Name = cut.DefaultInput(isSequential) };
            entries = entries.ConvertAll(cut.Named);
        }

        return new NetworkDescription
        {
            Source = _source,
            Name = Text(DescriptionKeys.Name) ?? (isSequential ? "sequential" : "model"),
            IsSequential = isSequential,
            Input = input,
            Layers = entries,
            Outputs = outputs?.Distinct().ToArray() ?? ReadOutput(),
            Seed = _network.GetValueOrDefault(DescriptionKeys.Seed) switch
            {
                null => null,
                long and >= 0 and var seed => (ulong)seed,
                _ => throw Wrong(DescriptionKeys.Seed, "an integer from 0 on"),
            },
            Weights = Text(DescriptionKeys.Weights),
        };
    }

    private void RequireKnownKeys()
    {
        if (_network.ContainsKey("class_name") && _network.ContainsKey("config"))
        {
            throw _source.Invalid(
                "is the architecture that model.to_json() of Keras gives, which holds no weights. Save the whole model with model.save('name.keras').");
        }

        if (_network.Keys.FirstOrDefault(key => !DescriptionKeys.All.Contains(key)) is { } unknown)
        {
            string advice = DescriptionSource.Advice(unknown, DescriptionKeys.All, "They have");
            throw _source.Invalid($"has the key '{DescriptionSource.Shorten(unknown)}', which networks do not have.{advice}");
        }
    }

    /// <summary>The input from the keys of the network, or from an InputLayer that stands first.</summary>
    private InputLayer ReadInput(List<LayerEntry> entries)
    {
        int place = entries.FindIndex(entry => entry.StoredClass == nameof(InputLayer));
        if (place >= 0)
        {
            LayerEntry entry = entries[place];
            string[] given = [.. DescriptionKeys.OfInput.Where(_network.ContainsKey)];
            bool isAlone = entries.Count(other => other.StoredClass == nameof(InputLayer)) == 1;
            if (place > 0 || given.Length > 0 || entry.Inputs is not null || !isAlone)
            {
                throw _source.OfLayer(
                    "LayerEntryInvalid",
                    entry.Number,
                    entry.ClassName,
                    given.Length > 0
                        ? $"the network says its input by '{given[0]}' already. Leave out one of both."
                        : "a network has one input, and it comes first. Move it there, or leave it out.");
            }

            entries.RemoveAt(place);
            var layer = (InputLayer)LayerEntryReader.Make(entry, entry.Name ?? string.Empty, _source);
            RequireSize(layer.Shape);
            return layer;
        }

        Shape shape = ReadShape();
        // Summaries print float32 as float.
        string type = Text(DescriptionKeys.InputType) is { } text and not "float" ? text : "float32";
        if (!Types.Contains(type))
        {
            throw Wrong(DescriptionKeys.InputType, $"one of {string.Join(", ", Types)}", NearestName.Question(type, Types));
        }

        IntegerType? integer = IntegerTypes.Parse(type);
        InputLayer input = new()
        {
            Name = Text(DescriptionKeys.InputName) ?? string.Empty,
            Shape = shape,
            Type = integer,
            IsChannelsFirst = ReadLayout(),
            BatchSize = _network.GetValueOrDefault(DescriptionKeys.BatchSize) switch
            {
                null => Shape.Unknown,
                long and > 0 and <= int.MaxValue and var size => (int)size,
                _ => throw Wrong(DescriptionKeys.BatchSize, "a positive integer"),
            },
            StoredArguments = integer is null && type != "float32"
                ? new OrderedDictionary<string, object?> { ["dtype"] = type }
                : new OrderedDictionary<string, object?>(),
            Scheme = InputFacts.ReadScheme(_network.GetValueOrDefault(DescriptionKeys.InputScheme), Unfit),
            IsFromOnnx = Bool(DescriptionKeys.FromOnnx),
        };
        return InputFacts.WithForm(input, _network.GetValueOrDefault(DescriptionKeys.InputForm), Unfit);

        QuantException Unfit(string problem) => _source.Invalid($"says wrongly how its input is used: {problem}.");
    }

    private Shape ReadShape()
    {
        List<object?>? list = _network.GetValueOrDefault(DescriptionKeys.InputShape) switch
        {
            long size => [size],
            List<object?> { Count: > 0 } sizes => sizes,
            _ => null,
        };
        if (list is null || !list.TrueForAll(item => item is null or long and (Shape.Unknown or (> 0 and <= int.MaxValue))))
        {
            throw Wrong(
                DescriptionKeys.InputShape,
                "the sizes of one sample, channels last, such as [28, 28, 3]; null stands for one that is left open");
        }

        Shape shape = new([.. list.Select(item => (int)(item as long? ?? Shape.Unknown))]);
        RequireSize(shape);
        return shape;
    }

    private void RequireSize(Shape shape)
    {
        if (shape.Aggregate(1.0, (size, dimension) => size * Math.Max(dimension, 1)) > int.MaxValue)
        {
            throw _source.Invalid(
                $"takes samples of the shape {shape}, which have more than {int.MaxValue} values. Give a smaller '{DescriptionKeys.InputShape}'.");
        }
    }

    private bool ReadLayout()
    {
        const string First = "channels_first";
        const string Last = "channels_last";
        string layout = Text(DescriptionKeys.InputLayout) ?? Last;
        return layout is First or Last
            ? layout == First
            : throw Wrong(DescriptionKeys.InputLayout, $"'{Last}' or '{First}'", NearestName.Question(layout, [Last, First]));
    }

    private IReadOnlyList<string> ReadOutput() => _network.GetValueOrDefault(DescriptionKeys.Outputs) switch
    {
        null => [],
        string name => [name],
        List<object?> { Count: 1 } list when list[0] is string name => [name],
        List<object?> { Count: > 1 } => throw _source.Invalid(
            "has several outputs. Only networks with one output can be quantized; name the one you need in 'outputs'."),
        _ => throw Wrong(DescriptionKeys.Outputs, "a list of the name of a layer"),
    };

    private string? Text(string key) => _network.GetValueOrDefault(key) switch
    {
        null => null,
        string { Length: > 0 } text => text,
        _ => throw Wrong(key, "a text"),
    };

    private bool Bool(string key) => _network.GetValueOrDefault(key) switch
    {
        null => false,
        bool value => value,
        _ => throw Wrong(key, "true or false"),
    };

    private QuantException Wrong(string key, string expected, string question = "") =>
        _source.Invalid(_network.GetValueOrDefault(key) is { } found
            ? $"has {Article(key)} '{key}' that must be {expected}, but it is {DescriptionSource.Describe(found)}.{question}"
            : $"has no '{key}'. It must be {expected}.");

    private static string Article(string key) => key[0] is 'i' or 'o' ? "an" : "a";
}
