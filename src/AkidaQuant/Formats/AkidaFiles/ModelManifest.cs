using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>What a manifest says of a model: its layers, and their variables, which are empty until their values are read.</summary>
/// <param name="Map">Where it is said.</param>
/// <param name="Name">The name of the model.</param>
/// <param name="Version">The generation of processors.</param>
/// <param name="Entries">The layers without their variables, and these.</param>
/// <param name="States">The shapes of what each layer remembers.</param>
internal sealed record ModelManifest(
    ManifestMap Map,
    string Name,
    AkidaVersion Version,
    IReadOnlyList<(AkidaLayer Layer, AkidaVariables Variables)> Entries,
    IReadOnlyList<Shape[]> States)
{
    private const int MostRank = 8;

    /// <summary>The layers with the values that were read so far.</summary>
    public IReadOnlyList<AkidaLayer> Layers => [.. Entries.Select(entry => entry.Layer with { Variables = entry.Variables })];

    /// <summary>Whether samples may have their channels first.</summary>
    public bool TakesChannelsFirst { get; private init; }

    /// <summary>How samples become the model's input; null where they are that.</summary>
    public SampleForm? Form { get; private init; }

    /// <summary>Reads what is said of a model, and lets the reader expect its variables.</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaFileInvalid</c>, <c>AkidaLayerClassUnknown</c>, <c>AkidaParameterInvalid</c> or <c>ModelTooLarge</c>.
    /// </exception>
    public static ModelManifest Read(ManifestMap owner, string key, AkidaFileReader reader)
    {
        var map = ManifestMap.Of(
            owner.Path, "its model", owner.Value(key), "name", "akida_version", "takes_channels_first", "form", "layers");
        List<(AkidaLayer Layer, AkidaVariables Variables)> layers = [];
        List<Shape[]> states = [];
        PythonList described = map.List("layers");
        if (described.Count > AkidaMembers.MostLayers)
        {
            throw map.Invalid($"has {described.Count} layers, and at most {AkidaMembers.MostLayers} are read");
        }

        string name = map.Text("name");
        if (name.Length > AkidaMembers.MostName)
        {
            throw map.Invalid($"has a name of {name.Length} characters, and at most {AkidaMembers.MostName} are read");
        }

        foreach ((int index, object? value) in described.Index())
        {
            var layer = ManifestMap.Of(
                map.Path,
                FormattableString.Invariant($"layer {index}"),
                value,
                "class", "name", "inbounds", "parameters", "variables", "state");
            layers.Add((ParameterReader.Read(layer), Variables(layer, reader)));
            states.Add([.. layer.List("state").Select(state => Dimensions(state) ?? throw layer.Invalid("has a state without a shape"))]);
        }

        return new ModelManifest(
            map,
            name,
            map.Value("akida_version") switch
            {
                1L => AkidaVersion.V1,
                2L => AkidaVersion.V2,
                var other => throw map.Invalid($"is of the unknown Akida version {PythonJson.ToLine(other)}"),
            },
            layers,
            states)
        {
            TakesChannelsFirst = map.Flag("takes_channels_first"),
            Form = map.Value("form") is { } form ? FormOf(map.Path, form) : null,
        };
    }

    /// <summary>Refuses a file that says of a layer that it remembers something else than it does.</summary>
    /// <exception cref="QuantException"><c>AkidaFileInvalid</c>.</exception>
    public void RequireStates(ExecutionPlan<AkidaLayer> plan)
    {
        foreach ((int index, PlanStep<AkidaLayer> step) in plan.Steps.Index())
        {
            if (!step.Prepared.State.Select(state => state.Shape).SequenceEqual(States[index]))
            {
                string said = Listing.Of(States[index].Select(shape => shape.ToString()).DefaultIfEmpty("nothing"));
                throw Map.Invalid($"says that its layer '{step.Node.Name}' remembers {said}, which it does not");
            }
        }
    }

    private static AkidaVariables Variables(ManifestMap layer, AkidaFileReader reader)
    {
        AkidaVariables variables = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (object? value in layer.List("variables"))
        {
            var map = ManifestMap.Of(
                layer.Path, $"a variable of '{layer.Text("name")}'", value, "name", "type", "shape", "stored", "diagonal");
            AkidaArray array = Array(map);
            if (!names.Add(array.Name))
            {
                throw layer.Invalid($"has two variables '{array.Name}'");
            }

            reader.Expect(array, variables);
        }

        return variables;
    }

    private static AkidaArray Array(ManifestMap map)
    {
        string name = map.Text("name");
        string type = map.Text("type");
        StoredType stored = StoredType.Find(map.Text("stored"), type)
            ?? throw map.Invalid(
                $"is '{type}' stored as '{map.Text("stored")}': there are {string.Join(", ", StoredType.Variables)}, each stored as a type of no more values");
        Shape shape = Dimensions(map.Value("shape")) ?? throw map.Invalid("has no shape of at most 2^31 values");
        bool isDiagonal = map.Flag("diagonal");
        return isDiagonal && (shape.Rank < 2 || shape[^1] != shape[^2] || shape.Size != shape[^1] * shape[^1])
            ? throw map.Invalid($"is {shape}, which has no diagonal")
            : new AkidaArray(name, type, shape, stored, isDiagonal);
    }

    /// <summary>A shape of positive dimensions, whose size is one of an array; null where there is none.</summary>
    private static Shape? Dimensions(object? value)
    {
        if (ManifestMap.Whole(value) is not { Length: <= MostRank } dimensions)
        {
            return null;
        }

        long size = 1;
        foreach (int dimension in dimensions)
        {
            size = dimension < 1 ? long.MaxValue : Math.Min(size, int.MaxValue) * dimension;
        }

        return size <= System.Array.MaxLength ? new Shape(dimensions) : null;
    }

    private static SampleForm FormOf(string path, object value)
    {
        var map = ManifestMap.Of(path, "the form of its samples", value, "shape", "axes", "turned_180", "less_half_of");
        return new SampleForm
        {
            Shape = Dimensions(map.Value("shape")) ?? throw map.Invalid("has no shape of at most 2^31 values"),
            Axes = map.Value("axes") is null ? null : (ValueList<int>)map.Numbers("axes"),
            IsTurned = map.Flag("turned_180"),
            Type = map.Value("less_half_of") is null ? null
                : IntegerTypes.Parse(map.Text("less_half_of"))
                    ?? throw map.Invalid($"takes half of the unknown type '{map.Text("less_half_of")}'"),
        };
    }
}
