using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>A layer of an Akida model: its parameters and variables as data, never changed once made.</summary>
public abstract record AkidaLayer : IPlanNode
{
    /// <summary>The name, unique within a model.</summary>
    public required string Name { get; init; }

    /// <summary>The names of the layers that feed this one, in order; none for a layer that takes the model's input.</summary>
    public IReadOnlyList<string> Inbounds { get; init => field = new ValueList<string>([.. value]); } = new ValueList<string>([]);

    IReadOnlyList<string> IPlanNode.Inputs => Inbounds;

    /// <inheritdoc/>
    public string Title => Name.Length == 0 ? $"Akida layer {TypeName}" : $"Akida layer '{Name}' ({TypeName})";

    /// <summary>
    /// The integers and floats that the layer computes with; those that are missing are neutral. What is given is kept as it is then:
    /// nothing added later, and no array that was passed or is got, changes it.
    /// </summary>
    public AkidaVariables Variables { get; init => field = value.Fixed(); } = AkidaVariables.None;

    /// <summary>The name of the layer's type: <c>Conv2D</c>, <c>InputConvolutional</c>.</summary>
    public abstract string TypeName { get; }

    /// <summary>The name of the type in summaries, shortened for Akida 1.0 (akida-model.md 3.6).</summary>
    public virtual string SummaryTypeName => TypeName;

    /// <summary>The version that the layer exists in; null for both.</summary>
    public virtual AkidaVersion? Version => AkidaVersion.V2;

    /// <summary>The number of layers that feed this one.</summary>
    public virtual int InboundCount => 1;

    /// <summary>The parameters by the names of akida-model.md 1.2 to 1.4, in that order.</summary>
    public abstract ValueList<KeyValuePair<string, object>> Parameters { get; }

    /// <summary>What its variables must be, as far as that follows from its parameters (akida-model.md 1.3 to 1.6).</summary>
    public ValueList<AkidaVariableRule> VariableRules => [.. Rules(null)];

    /// <summary>The shapes of the weights as summaries show them, one a line; empty for layers without weights.</summary>
    public virtual ValueList<Shape> KernelShapes =>
        Variables.Find<sbyte>("weights") is { } weights ? [weights.Shape] : [];

    /// <summary>Bits of the weights, where a parameter says them; null for layers without.</summary>
    public int? WeightBits => KernelShapes.Count == 0 ? null
        : Parameters.FirstOrDefault(parameter => parameter.Key == "weights_bits").Value as int?;

    /// <summary>The name and the type: <c>conv (Conv2D)</c>.</summary>
    public sealed override string ToString() => Printable.Of($"{Name} ({TypeName})");

    /// <summary>Works out the output and how to compute it.</summary>
    /// <param name="inputs">The outputs of the layers that feed this one, or the model's input.</param>
    /// <exception cref="QuantException">The inputs or a variable do not fit the parameters.</exception>
    public abstract PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs);

    /// <summary>Checks the parameters and the variables, as far as they can be without knowing the input.</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaParameterInvalid</c>, <c>AkidaVariableUnknown</c>, <c>AkidaVariableType</c>, <c>AkidaVariableShape</c>,
    /// <c>AkidaVariableRange</c> or <c>AkidaVariableInvalid</c>: what is wrong with which.
    /// </exception>
    public void Check()
    {
        foreach ((string name, object value) in CheckedParameters)
        {
            if (AkidaParameterLimits.Problem(name, value) is { } problem)
            {
                throw Invalid("AkidaParameterInvalid", $"its {name} {problem}.");
            }
        }

        CheckTogether();
        CheckVariables(null);
    }

    /// <summary>Checks what parameters must be to each other.</summary>
    /// <exception cref="QuantException">They do not go together.</exception>
    private protected virtual void CheckTogether()
    {
    }

    /// <summary>The parameters that <see cref="Check"/> checks.</summary>
    private protected virtual IEnumerable<KeyValuePair<string, object>> CheckedParameters => Parameters;

    /// <summary>What its variables must be.</summary>
    /// <param name="input">The shape of its input, the first of several; null where it is not known.</param>
    internal virtual IEnumerable<AkidaVariableRule> Rules(Shape? input) => [];

    /// <summary>Checks the variables against what they must be for an input.</summary>
    /// <param name="input">The shape of the input, the first of several; null where it is not known.</param>
    /// <exception cref="QuantException">As for <see cref="Check"/>.</exception>
    internal void CheckVariables(Shape? input)
    {
        if (Variables.Names.Any())
        {
            AkidaVariableRule[] rules = [.. Rules(input)];
            foreach ((string name, object array) in Variables.Held)
            {
                Rule(name, rules).Check(this, array);
            }
        }
    }

    /// <summary>What the variable of that name must be.</summary>
    /// <param name="name">The name of the variable.</param>
    /// <param name="input">The shape of the input, the first of several; null where it is not known.</param>
    /// <exception cref="QuantException"><c>AkidaVariableUnknown</c>: the layer has none of that name.</exception>
    internal AkidaVariableRule Rule(string name, Shape? input) => Rule(name, [.. Rules(input)]);

    /// <summary>Whether all weights are set that it cannot compute without.</summary>
    internal bool HasWeights => Rules(null).All(rule => !rule.IsRequired || Variables.Contains(rule.Name));

    /// <summary>The layer with zeros for the weights that are not set, so that all but its integers can be known.</summary>
    /// <param name="input">The shape of the input, the first of several.</param>
    internal AkidaLayer WithZeros(Shape input)
    {
        AkidaVariableRule[] missing = [.. Rules(input).Where(rule => rule.IsRequired && !Variables.Contains(rule.Name))];
        if (missing.Length == 0)
        {
            return this;
        }

        AkidaVariables variables = Variables.Clone();
        foreach (AkidaVariableRule rule in missing)
        {
            variables.Set(rule.Name, rule.Zeros());
        }

        return this with { Variables = variables };
    }

    /// <summary>
    /// How the integers of the last layer become floats when no Dequantizer follows (akida-model.md 3.2); null
    /// when they stay integers.
    /// </summary>
    /// <param name="channels">The channels of its output.</param>
    internal virtual PotentialScaling? CreateDequantization(int channels) => null;

    /// <summary>
    /// The products of inputs and weights, and how many have an input that is not 0; null for a layer that multiplies nothing with weights.
    /// </summary>
    /// <param name="inputs">The outputs of the layers that feed this one, or the model's input.</param>
    /// <exception cref="QuantException">The inputs or a variable do not fit the parameters.</exception>
    internal virtual LayerProducts? CreateProducts(IReadOnlyList<TensorSpec> inputs) => null;

    /// <summary>The weights, checked.</summary>
    /// <exception cref="QuantException">There are none, or their shape is another.</exception>
    protected int[] Weights(string name, params int[] dimensions) => Kernel(name, dimensions).Values;

    /// <summary>The weights, checked, held as their diagonal where there is nothing else.</summary>
    /// <exception cref="QuantException">There are none, or their shape is another.</exception>
    protected NdArray<int> Kernel(string name, params int[] dimensions)
    {
        Shape expected = new(dimensions);
        return Variables.Find<sbyte>(name) is not { } weights
            ? throw Invalid("AkidaVariableMissing", $"its variable '{name}' is not set. Set an int8 array of shape {expected}.")
            : weights.Shape != expected
                ? throw Invalid("AkidaVariableShape", $"its variable '{name}' must have the shape {expected}, but it has {weights.Shape}.")
                : weights.Compact().MapNonzero(value => (int)value);
    }

    /// <summary>A variable with one value a channel; one value serves all, none means <paramref name="neutral"/>.</summary>
    /// <exception cref="QuantException">The number of values is neither 1 nor that of the channels.</exception>
    internal int[] PerChannel(string name, int channels, int neutral)
    {
        if (Variables.Integers(name) is not { } values)
        {
            return Filled(channels, neutral);
        }

        return values.Values.Length == channels ? values.Values
            : values.Values.Length == 1 ? Filled(channels, values.Values[0])
            : throw Invalid(
                "AkidaVariableShape",
                $"its variable '{name}' must have 1 or {channels} values, but it has {values.Values.Length}.");
    }

    /// <summary>The left shifts of the input's channels, null when none is shifted.</summary>
    protected int[]? InputShift(string name, int channels)
    {
        int[] shifts = PerChannel(name, channels, 0);
        return Array.TrueForAll(shifts, shift => shift == 0) ? null : shifts;
    }

    /// <summary>An input as integers.</summary>
    /// <exception cref="QuantException">The input is float.</exception>
    protected QuantizedSpec Integers(TensorSpec input) =>
        input as QuantizedSpec ?? throw Invalid(
            "AkidaInputFloat", "it takes integers, but its input is float. Only a Quantizer takes floats, as the first layer.");

    /// <summary>Refuses another shape than the one that a layer at the beginning was made for.</summary>
    /// <exception cref="QuantException">The shape is another.</exception>
    private protected void RequireShape(TensorSpec input, Shape expected)
    {
        if (input.Shape != expected)
        {
            throw Invalid("AkidaLayerInputMismatch", $"its input_shape is {expected}, but its input is {input.Shape}. Give it that one.");
        }
    }

    /// <summary>An error about this layer.</summary>
    internal QuantException Invalid(string id, string problem) =>
        new(id, QuantErrorKind.InvalidData, $"{Title}: {problem}", Name);

    /// <summary>The channels of an input, or that they are not known.</summary>
    private protected static int Channels(Shape? input) => input?.Channels ?? Shape.Unknown;

    /// <summary>The elements of an input, or that they are not known.</summary>
    private protected static int Count(Shape? input) => input?.Size ?? Shape.Unknown;

    private AkidaVariableRule Rule(string name, AkidaVariableRule[] rules) => Array.Find(rules, rule => rule.Name == name)
        ?? throw Invalid(
            "AkidaVariableUnknown",
            rules.Length == 0
                ? $"it has no variables, and so none called '{name}'."
                : $"it has no variable '{name}'. It has: {string.Join(", ", rules.Select(rule => rule.Name))}.");

    private static int[] Filled(int count, int value)
    {
        int[] values = new int[count];
        Array.Fill(values, value);
        return values;
    }
}

/// <summary>A layer that can stand at the beginning of a model.</summary>
public interface IAkidaInput
{
    /// <summary>The tensor that the model takes when this layer is the first.</summary>
    TensorSpec ModelInput { get; }

    /// <summary>The input shape as users give samples.</summary>
    Shape InputShape { get; }
}
