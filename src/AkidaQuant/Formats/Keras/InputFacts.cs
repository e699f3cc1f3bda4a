using System.Text.Json;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// What files of Keras have no place for and a network's callers need: how samples become its input, the scheme to quantize it with, and
/// that it came from an ONNX file. It stands beside the model, where Keras does not look, and only where there is something to say.
/// </summary>
internal static class InputFacts
{
    /// <summary>The attribute of HDF5 files, and the entry of the metadata of archives.</summary>
    public const string Name = "akidaquant";

    /// <summary>How samples become the input.</summary>
    public const string Form = "input_form";

    /// <summary>The scheme to quantize with.</summary>
    public const string Scheme = "input_scheme";

    /// <summary>Whether the network was imported from an ONNX file.</summary>
    public const string FromOnnx = "from_onnx";

    private const string ChannelsFirst = "channels_first";
    private const string Shape = "shape";
    private const string Axes = "axes";
    private const string Turned = "turned";
    private const string SampleType = "dtype";
    private const string InputType = "input_dtype";
    private const string PerTensor = "per_tensor_activations";
    private const string LastOutputBits = "last_output_bits";
    private const int MostText = 1 << 16;

    private static readonly (string Key, Func<QuantizationParams, int> Get, Func<QuantizationParams, int, QuantizationParams> Set)[] Bits =
    [
        ("activation_bits", scheme => scheme.ActivationBits, (scheme, bits) => scheme with { ActivationBits = bits }),
        ("weight_bits", scheme => scheme.WeightBits, (scheme, bits) => scheme with { WeightBits = bits }),
        ("output_bits", scheme => scheme.OutputBits, (scheme, bits) => scheme with { OutputBits = bits }),
        ("input_weight_bits", scheme => scheme.InputWeightBits, (scheme, bits) => scheme with { InputWeightBits = bits }),
        ("buffer_bits", scheme => scheme.BufferBits, (scheme, bits) => scheme with { BufferBits = bits }),
    ];

    /// <summary>What a file holds; null where there is nothing to say.</summary>
    public static OrderedDictionary<string, object?>? Of(InputLayer input)
    {
        OrderedDictionary<string, object?> facts = [];
        Add(Form, FormOf(input));
        Add(Scheme, SchemeOf(input));
        Add(FromOnnx, input.IsFromOnnx ? true : null);
        // Without a form, samples of a file of Keras have their channels last.
        Add(ChannelsFirst, input is { IsChannelsFirst: true, Form: not null } ? true : null);
        return facts.Count == 0 ? null : facts;

        void Add(string key, object? value)
        {
            if (value is not null)
            {
                facts[key] = value;
            }
        }
    }

    /// <summary>The model with what its HDF5 file says beside it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text of the attribute; null for none.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="QuantException"><c>InputFactsInvalid</c>.</exception>
    public static Model ApplyText(Model model, string? text, string path)
    {
        if (text is null)
        {
            return model;
        }

        try
        {
            return text.Length <= MostText ? Apply(model, PythonJsonReader.Parse(text) ?? text, path) : throw Wrong(path, "it is too long");
        }
        catch (JsonException error)
        {
            throw Wrong(path, $"it is no JSON{PythonJsonReader.Problem(error)}");
        }
    }

    /// <summary>The model with what the metadata of its archive say beside it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="metadata">The metadata, as <see cref="KerasMetadata"/> reads them.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="QuantException"><c>InputFactsInvalid</c>.</exception>
    public static Model ApplyMetadata(Model model, IReadOnlyDictionary<string, object?> metadata, string path) =>
        metadata.GetValueOrDefault(Name) is { } facts ? Apply(model, facts, path) : model;

    private static Model Apply(Model model, object found, string path)
    {
        if (found is not OrderedDictionary<string, object?> facts)
        {
            throw Wrong("it is no dictionary");
        }

        InputLayer input = model.Input with
        {
            IsFromOnnx = Flag(facts, FromOnnx, Wrong),
            IsChannelsFirst = Flag(facts, ChannelsFirst, Wrong),
            Scheme = ReadScheme(facts.GetValueOrDefault(Scheme), Wrong),
        };
        input = WithForm(input, facts.GetValueOrDefault(Form), Wrong);
        return model.WithLayers(layer => layer is InputLayer ? input : layer);

        QuantException Wrong(string problem) => InputFacts.Wrong(path, problem);
    }

    private static QuantException Wrong(string path, string problem) => new(
        "InputFactsInvalid",
        QuantErrorKind.InvalidData,
        $"The file '{path}' says wrongly beside its model how its input is used ('{Name}'): {problem}. Export the model again, or remove that entry.",
        path);

    /// <summary>How samples become the input, as a file holds it; null where it is as its shape says.</summary>
    public static OrderedDictionary<string, object?>? FormOf(InputLayer input)
    {
        if (input.Form is not { } form)
        {
            return null;
        }

        OrderedDictionary<string, object?> entry = new() { [Shape] = LayerArguments.ListOf(form.Shape) };
        if (form.Axes is { } axes)
        {
            entry[Axes] = axes.Select(axis => (object?)(long)axis).ToList();
        }

        if (form.IsTurned)
        {
            entry[Turned] = true;
        }

        if (form.Type is { } type)
        {
            entry[SampleType] = type.FileName();
        }

        return entry;
    }

    /// <summary>The scheme to quantize with, as a file holds it; null for none.</summary>
    public static OrderedDictionary<string, object?>? SchemeOf(InputLayer input)
    {
        if (input.Scheme is not { } scheme)
        {
            return null;
        }

        OrderedDictionary<string, object?> entry = new() { [InputType] = scheme.InputType.FileName() };
        foreach ((string key, Func<QuantizationParams, int> get, _) in Bits)
        {
            entry[key] = (long)get(scheme);
        }

        entry[PerTensor] = scheme.PerTensorActivations;
        entry[LastOutputBits] = scheme.LastOutputBits is { } last ? (long)last : null;
        return entry;
    }

    /// <summary>The input with the form that a file holds.</summary>
    /// <param name="input">The input, its shape known.</param>
    /// <param name="value">What the file holds; null for nothing.</param>
    /// <param name="wrong">Makes the error of the file of what is wrong.</param>
    /// <exception cref="QuantException">It is none for that input.</exception>
    public static InputLayer WithForm(InputLayer input, object? value, Func<string, QuantException> wrong)
    {
        if (value is null)
        {
            return input;
        }

        if (value is not OrderedDictionary<string, object?> entry || Numbers(entry.GetValueOrDefault(Shape)) is not { } shape)
        {
            throw wrong($"'{Form}' must be a dictionary with the '{Shape}' of one sample");
        }

        int[]? axes = entry.GetValueOrDefault(Axes) is { } given
            ? Numbers(given) ?? throw wrong($"'{Axes}' must be a list of axes")
            : null;
        SampleForm form = new()
        {
            Shape = new Shape(shape),
            Axes = axes is null ? null : new ValueList<int>(axes),
            IsTurned = Flag(entry, Turned, wrong),
            Type = entry.GetValueOrDefault(SampleType) switch
            {
                null => null,
                string type when IntegerTypes.Parse(type) is { } integers => integers,
                _ => throw wrong($"'{SampleType}' must be an integer type"),
            },
        };
        return form.Problem(input.Shape) is { } problem ? throw wrong(problem) : input with { Form = form };
    }

    /// <summary>The scheme that a file holds; null for none.</summary>
    /// <param name="value">What the file holds.</param>
    /// <param name="wrong">Makes the error of the file of what is wrong.</param>
    /// <exception cref="QuantException">It is no scheme.</exception>
    public static QuantizationParams? ReadScheme(object? value, Func<string, QuantException> wrong)
    {
        if (value is null)
        {
            return null;
        }

        if (value is not OrderedDictionary<string, object?> entry)
        {
            throw wrong($"'{Scheme}' must be a dictionary");
        }

        try
        {
            QuantizationParams scheme = new()
            {
                InputType = entry.GetValueOrDefault(InputType) is string type && IntegerTypes.Parse(type) is { } integers
                    ? integers
                    : throw wrong($"'{InputType}' must be an integer type"),
                PerTensorActivations = Flag(entry, PerTensor, wrong),
                LastOutputBits = entry.GetValueOrDefault(LastOutputBits) is null ? null : Number(entry, LastOutputBits, wrong),
            };
            return Bits.Where(bits => entry.ContainsKey(bits.Key))
                .Aggregate(scheme, (made, bits) => bits.Set(made, Number(entry, bits.Key, wrong)));
        }
        catch (QuantException error) when (error.Id == "ParameterOutOfRange")
        {
            throw wrong(error.Message.TrimEnd('.'));
        }
    }

    private static bool Flag(OrderedDictionary<string, object?> entry, string key, Func<string, QuantException> wrong) =>
        entry.GetValueOrDefault(key) switch
        {
            null => false,
            bool flag => flag,
            _ => throw wrong($"'{key}' must be true or false"),
        };

    private static int Number(OrderedDictionary<string, object?> entry, string key, Func<string, QuantException> wrong) =>
        entry[key] is long and >= 0 and <= int.MaxValue and var number ? (int)number : throw wrong($"'{key}' must be a number");

    private static int[]? Numbers(object? value) =>
        value is List<object?> { Count: > 0 and <= 16 } list && list.TrueForAll(item => item is long and >= 0 and <= int.MaxValue)
            ? [.. list.Select(item => (int)(long)item!)]
            : null;
}
