using System.Globalization;
using System.Text.RegularExpressions;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Akida;

/// <summary>
/// Makes Akida models of layers, and of a model another one: layers added and removed, variables set (akida-model.md 3.1). The model
/// that came in stays as it is.
/// </summary>
public static partial class AkidaModelEdit
{
    private const int DefaultInputBits = 4;
    private const int SignedInputBits = 8;

    /// <summary>
    /// A model of layers in the order in which they compute. A layer that names no others takes what the one before it gives, one
    /// without a name gets that of its type, and where the first one is no input an InputData is put before it.
    /// </summary>
    /// <param name="name">The name of the model.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="inputShape">
    /// The shape (X, Y, C) of the input that is added; null where the weights of the first layer say it.
    /// </param>
    /// <param name="inputBits">Bits of that input; null for 4 in Akida 1.0 and 8 in Akida 2.0.</param>
    /// <param name="inputSigned">Whether it has a sign; null for one of 8 bits or more.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaModelWithoutLayers</c>, <c>AkidaInputShapeMissing</c>, <c>AkidaInputGiven</c>, <c>AkidaInputBits</c>,
    /// <c>AkidaInboundCount</c>, or the layers do not fit.
    /// </exception>
    public static AkidaModel Create(
        string name, IReadOnlyList<AkidaLayer> layers, Shape? inputShape = null, int? inputBits = null, bool? inputSigned = null)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
        {
            throw new QuantException(
                "AkidaModelWithoutLayers",
                QuantErrorKind.InvalidArgument,
                $"The Akida model '{name}' would have no layer. Give it some, made with New-AkidaLayer.",
                name);
        }

        List<AkidaLayer> all = [.. layers];
        AkidaVersion? version = layers.Select(layer => layer.Version).FirstOrDefault(known => known is not null);
        if (all is not [IAkidaInput, ..])
        {
            int bits = inputBits ?? (version == AkidaVersion.V1 ? DefaultInputBits : SignedInputBits);
            all.Insert(0, new AkidaInputData
            {
                Name = string.Empty,
                InputShape = inputShape ?? ShapeBefore(name, all),
                InputBits = bits,
                InputSigned = inputSigned ?? bits >= SignedInputBits,
            });
        }
        else if (inputShape is not null || inputBits is not null || inputSigned is not null)
        {
            throw new QuantException(
                "AkidaInputGiven",
                QuantErrorKind.InvalidArgument,
                $"The layers of '{name}' begin with '{all[0].Name}' ({all[0].TypeName}), an input, so that none is added. Leave out the shape, bits and sign of one, or the layer.",
                all[0].Name);
        }

        version ??= all[0] is AkidaInputData { InputSigned: false, InputBits: <= DefaultInputBits } ? AkidaVersion.V1 : AkidaVersion.V2;
        List<AkidaLayer> named = [];
        foreach (AkidaLayer layer in all)
        {
            named.Add(Connected(Named(layer, named), named, []));
        }

        return Checked(new AkidaModel(name, version.Value, named));
    }

    /// <summary>A model with one layer more at its end.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layer">The layer, which gets a name where it has none.</param>
    /// <param name="inbounds">The layers that feed it; none for those that it names, or else the last one.</param>
    /// <param name="warn">Told where a software tail is left out.</param>
    /// <exception cref="QuantException"><c>LayerUnknown</c>: an inbound layer is not in the model; or the layer does not fit.</exception>
    public static AkidaModel Add(AkidaModel model, AkidaLayer layer, IReadOnlyList<string>? inbounds = null, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(layer);
        string[] known = [.. (inbounds is { Count: > 0 } ? inbounds : layer.Inbounds).Select(inbound => model.Layers[inbound].Name)];
        AkidaVersion? version = model.Layers.All(present => present.Version is null) ? layer.Version : null;
        WarnOfTail(model, warn);
        return Checked(model.WithLayers([.. model.Layers, Connected(Named(layer, model.Layers), model.Layers, known)], version));
    }

    /// <summary>A model without the last layer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="warn">Told where a software tail is left out.</param>
    /// <exception cref="QuantException"><c>AkidaLayerLast</c>: there is only one layer.</exception>
    public static AkidaModel RemoveLast(AkidaModel model, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Layers.Count == 1)
        {
            throw new QuantException(
                "AkidaLayerLast",
                QuantErrorKind.InvalidArgument,
                $"The Akida model '{model.Name}' has one layer, '{model.Layers[0].Name}', its input, which cannot be removed.",
                model.Layers[0].Name);
        }

        WarnOfTail(model, warn);
        return model.WithLayers([.. model.Layers.Take(model.Layers.Count - 1)]);
    }

    /// <summary>The model up to a layer, of what that one needs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layer">The name of the layer that becomes the last one.</param>
    /// <param name="warn">Told where a software tail is left out.</param>
    /// <exception cref="QuantException"><c>LayerUnknown</c>: the model has none of that name.</exception>
    public static AkidaModel UpTo(AkidaModel model, string layer, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        string last = model.Layers[layer].Name;
        HashSet<string> needed = new([last], StringComparer.Ordinal);
        List<AkidaLayer> kept = [];
        foreach (AkidaLayer candidate in model.Layers.Reverse())
        {
            if (needed.Contains(candidate.Name))
            {
                needed.UnionWith(candidate.Inbounds);
                kept.Insert(0, candidate);
            }
        }

        WarnOfTail(model, warn);
        return model.WithLayers(kept);
    }

    /// <summary>A model with another value of a variable of a layer. Its software tail stays.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layer">The name of the layer.</param>
    /// <param name="variable">The name of the variable.</param>
    /// <param name="value">The value, copied.</param>
    /// <exception cref="QuantException">
    /// <c>LayerUnknown</c>, <c>AkidaVariableUnknown</c>, <c>AkidaVariableType</c>, <c>AkidaVariableShape</c>, <c>AkidaVariableRange</c>
    /// or <c>AkidaVariableInvalid</c>.
    /// </exception>
    public static AkidaModel SetVariable<T>(AkidaModel model, string layer, string variable, NdArray<T> value)
    {
        ArgumentNullException.ThrowIfNull(model);
        return SetVariable(model, layer, variable, (_, _) => value);
    }

    /// <summary>A model with another value of a variable of a layer, of numbers in any form that the type of the variable holds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layer">The name of the layer.</param>
    /// <param name="variable">The name of the variable.</param>
    /// <param name="numbers">The value; one dimension of as many numbers as the variable has is taken row-major.</param>
    /// <exception cref="QuantException">As for arrays.</exception>
    public static AkidaModel SetNumbers(AkidaModel model, string layer, string variable, NdArray<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(numbers);
        return SetVariable(model, layer, variable, (changed, rule) => rule.Read(changed, numbers));
    }

    private static AkidaModel SetVariable(
        AkidaModel model, string name, string variable, Func<AkidaLayer, AkidaVariableRule, object> valueOf)
    {
        AkidaLayer layer = model.Layers[name];
        Shape input = model.Outline[layer.Name].Taken[0].Shape;
        AkidaVariableRule rule = layer.Rule(variable, input);
        object value = valueOf(layer, rule);
        rule.Check(layer, value);
        AkidaVariables variables = layer.Variables.Clone();
        variables.Set(variable, value);
        AkidaLayer changed = layer with { Variables = variables };
        return Checked(model.WithLayers([.. model.Layers.Select(other => other == layer ? changed : other)]), model.Tail);
    }

    /// <summary>The model, whose layers fit their inputs.</summary>
    private static AkidaModel Checked(AkidaModel model, ValueList<AkidaTailPart>? tail = null)
    {
        foreach ((PlanStep<AkidaLayer> step, AkidaLayer layer) in model.Outline.Steps.Zip(model.Layers))
        {
            layer.CheckVariables(step.Taken[0].Shape);
            if (model.IpVersion == AkidaVersion.V1 && layer is AkidaInputData input and not { InputSigned: false, InputBits: 1 or 2 or 4 })
            {
                throw layer.Invalid(
                    "AkidaInputBits",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it takes {(input.InputSigned ? "signed" : "unsigned")} integers of {input.InputBits} bits, and Akida 1.0 unsigned ones of 1, 2 or 4. Give it those bits, or begin with an InputConvolutional."));
            }
        }

        return tail is { Count: > 0 } ? model.WithTail(tail) : model;
    }

    private static AkidaLayer Named(AkidaLayer layer, IReadOnlyCollection<AkidaLayer> others)
    {
        if (layer.Name.Length > 0)
        {
            return layer;
        }

        string plain = WordStart().Replace(layer.TypeName, "_").ToLowerInvariant();
        HashSet<string> taken = [.. others.Select(other => other.Name)];
        string name = plain;
        for (int i = 1; taken.Contains(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{plain}_{i}");
        }

        return layer with { Name = name };
    }

    private static AkidaLayer Connected(AkidaLayer layer, IReadOnlyList<AkidaLayer> before, string[] inbounds) =>
        inbounds.Length > 0 ? layer with { Inbounds = inbounds }
        : layer.Inbounds.Count > 0 || before.Count == 0 ? layer
        : layer.InboundCount == 1 ? layer with { Inbounds = [before[^1].Name] }
        : throw new QuantException(
            "AkidaInboundCount",
            QuantErrorKind.InvalidArgument,
            $"{layer.Title}: {layer.InboundCount} layers feed it. Name them with -Inbound.",
            layer.Name);

    private static Shape ShapeBefore(string name, List<AkidaLayer> layers) => layers switch
    {
        [AkidaDense1D dense, ..] when dense.Variables.Find<sbyte>("weights") is { Shape: { Rank: 2 } weights } =>
            new Shape(1, 1, weights[0]),
        [AkidaFullyConnected dense, ..] when dense.Variables.Find<sbyte>("weights") is { Shape: { Rank: 4 } weights } =>
            new Shape(1, 1, weights[2]),
        _ => throw new QuantException(
            "AkidaInputShapeMissing",
            QuantErrorKind.InvalidArgument,
            $"The model '{name}' begins with {layers[0].Title}, which is no input, and nothing says what it takes. Give -InputShape, such as 28, 28, 1, or begin with an InputData layer.",
            layers[0].Name),
    };

    private static void WarnOfTail(AkidaModel model, Action<string>? warn)
    {
        if (model.Tail.Count > 0)
        {
            warn?.Invoke(
                $"The software tail of '{model.Name}' ({model.Tail.Count} parts) takes what its last layer gave, and is left out of the new model.");
        }
    }

    /// <summary>Where a word of a type begins: behind small letters, and behind the D of 2D.</summary>
    [GeneratedRegex("(?<=[a-z])(?=[A-Z])|(?<=[0-9]D)(?=[A-Z])")]
    private static partial Regex WordStart();
}
