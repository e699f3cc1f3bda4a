using System.Globalization;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Learning;

/// <summary>What a layer has learned, in its variables: <c>weights</c>, <c>threshold_learning</c> and <c>plasticity</c>.</summary>
internal static class LearningState
{
    private const string Weights = "weights";
    private const string Thresholds = "threshold_learning";
    private const string Plasticity = "plasticity";

    /// <summary>The layer of a model that learns: its last one.</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningTail</c>, <c>AkidaLearningLayerMissing</c>, or <c>AkidaLearningUnits</c>, <c>AkidaLearningWeightsBits</c>: its
    /// parameters do not fit together.
    /// </exception>
    public static AkidaFullyConnected LayerOf(AkidaModel model)
    {
        RequireNoTail(model);
        if (model.Layers[^1] is not AkidaFullyConnected { Learning: not null } layer)
        {
            AkidaLayer? other = model.Layers.FirstOrDefault(layer => layer is AkidaFullyConnected { Learning: not null });
            string found = other is null ? "no layer of it learns" : $"'{other.Name}' is not its last layer";
            throw new QuantException(
                "AkidaLearningLayerMissing",
                QuantErrorKind.InvalidArgument,
                $"The Akida model '{model.Name}' cannot learn: {found}. The last layer learns, a FullyConnected with num_weights; Add-AkidaLearningLayer puts one behind a model.",
                model);
        }

        return layer;
    }

    /// <summary>Refuses models whose last layer is not the end of the network.</summary>
    /// <exception cref="QuantException"><c>AkidaLearningTail</c>.</exception>
    public static void RequireNoTail(AkidaModel model)
    {
        if (model.Tail.Count > 0)
        {
            throw new QuantException(
                "AkidaLearningTail",
                QuantErrorKind.InvalidArgument,
                $"The Akida model '{model.Name}' goes on in float on the host, so that its end cannot learn. Cut the network with Split-QuantModel behind the ReLU whose outputs are to be learned from, and convert the first part.",
                model);
        }
    }

    /// <summary>The neurons of a layer as its variables say; what is not set yet is as it is before anything was learned.</summary>
    /// <param name="layer">A layer that learns.</param>
    /// <param name="inputs">The number of its inputs.</param>
    /// <param name="seed">The seed of the weights where there are none.</param>
    /// <exception cref="QuantException">A variable does not fit the layer, or <c>AkidaLearningNumWeights</c>.</exception>
    public static LearningNeurons Neurons(AkidaFullyConnected layer, int inputs, ulong seed)
    {
        AkidaLearning learning = layer.Learning!;
        RequireSize(layer, inputs, layer.Units);
        BitRow[] connections = layer.Variables.Contains(Weights)
            ? Connections(layer, inputs)
            : [.. Enumerable.Range(0, layer.Units).Select(neuron => InitialConnections.Of(inputs, learning.NumWeights, neuron, seed))];
        int[] thresholds = layer.Variables.Find<int>(Thresholds) is { } learned ? [.. learned.Values] : new int[layer.Units];
        float[] plasticity = layer.Variables.Find<float>(Plasticity) is { } left
            ? [.. left.Values]
            : [.. Enumerable.Repeat(learning.InitialPlasticity, layer.Units)];
        return Array.TrueForAll(plasticity, value => value <= learning.InitialPlasticity)
            ? new LearningNeurons(learning, connections, thresholds, plasticity)
            : throw layer.Invalid(
                "AkidaVariableInvalid",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its variable '{Plasticity}' must hold numbers up to initial_plasticity, {learning.InitialPlasticity}."));
    }

    /// <summary>The layer with the state of its neurons.</summary>
    public static AkidaFullyConnected With(this AkidaFullyConnected layer, LearningNeurons neurons)
    {
        int inputs = neurons.Connections[0].Length;
        sbyte[] weights = new sbyte[inputs * layer.Units];
        for (int neuron = 0; neuron < layer.Units; neuron++)
        {
            for (int input = 0; input < inputs; input++)
            {
                weights[(input * layer.Units) + neuron] = neurons.Connections[neuron][input] ? (sbyte)1 : (sbyte)0;
            }
        }

        AkidaVariables variables = layer.Variables.Clone();
        variables.Add(Weights, new NdArray<sbyte>(new Shape(1, 1, inputs, layer.Units), weights));
        variables.Add(Thresholds, NdArray<int>.Vector([.. neurons.Thresholds]));
        variables.Add(Plasticity, NdArray<float>.Vector([.. neurons.Plasticity]));
        return layer with { Variables = variables };
    }

    /// <summary>The layer with more classes, whose neurons have the weights of a seed; nothing changes for those that it has.</summary>
    /// <exception cref="QuantException">A variable does not fit the layer, or it becomes too large.</exception>
    public static AkidaFullyConnected WithClasses(this AkidaFullyConnected layer, int count, int inputs, ulong seed)
    {
        LearningNeurons neurons = Neurons(layer, inputs, seed);
        AkidaLearning learning = layer.Learning!;
        int perClass = layer.Units / learning.NumClasses;
        RequireSize(layer, inputs, perClass * ((long)learning.NumClasses + count));
        int added = count * perClass;
        AkidaFullyConnected wider = layer with
        {
            Units = layer.Units + added,
            Learning = learning with { NumClasses = learning.NumClasses + count },
            Variables = Lengthened(layer, added),
        };
        return wider.With(new LearningNeurons(
            wider.Learning,
            [
                .. neurons.Connections,
                .. Enumerable.Range(layer.Units, added).Select(neuron => InitialConnections.Of(inputs, learning.NumWeights, neuron, seed)),
            ],
            [.. neurons.Thresholds, .. new int[added]],
            [.. neurons.Plasticity, .. Enumerable.Repeat(learning.InitialPlasticity, added)]));
    }

    /// <summary>Refuses more connections than inputs, and more weights than fit an array.</summary>
    /// <exception cref="QuantException"><c>AkidaLearningNumWeights</c>, <c>AkidaLearningSize</c>.</exception>
    public static void RequireSize(AkidaFullyConnected layer, int inputs, long units)
    {
        layer.RequireConnections(inputs);
        if (inputs * units > Array.MaxLength)
        {
            throw layer.Invalid(
                "AkidaLearningSize",
                $"{inputs} inputs and {units} units are more weights than fit an array. Give it fewer classes or neurons.");
        }
    }

    /// <summary>The variables with neutral values for more neurons, where they have one a neuron.</summary>
    private static AkidaVariables Lengthened(AkidaFullyConnected layer, int added)
    {
        AkidaVariables variables = layer.Variables.Clone();
        Lengthen("threshold", 0);
        Lengthen("act_step", 1f);
        return variables;

        void Lengthen<T>(string name, T neutral)
        {
            if (layer.Variables.Find<T>(name) is { Values: var values } && values.Length == layer.Units && layer.Units > 1)
            {
                variables.Add(name, NdArray<T>.Vector([.. values, .. Enumerable.Repeat(neutral, added)]));
            }
        }
    }

    private static BitRow[] Connections(AkidaFullyConnected layer, int inputs)
    {
        Shape expected = new(1, 1, inputs, layer.Units);
        if (layer.Variables.Find<sbyte>(Weights) is not { } weights || weights.Shape != expected)
        {
            throw layer.Invalid("AkidaVariableShape", $"its variable '{Weights}' must be an int8 array of shape {expected}.");
        }

        BitRow[] rows = [.. Enumerable.Range(0, layer.Units).Select(_ => new BitRow(inputs))];
        for (int i = 0; i < weights.Values.Length; i++)
        {
            rows[i % layer.Units][i / layer.Units] = weights.Values[i] != 0;
        }

        int odd = Array.FindIndex(rows, row => row.Count != layer.Learning!.NumWeights);
        return odd < 0
            ? rows
            : throw layer.Invalid(
                "AkidaLearningWeights",
                $"neuron {odd} has {rows[odd].Count} weights of 1, but num_weights is {layer.Learning!.NumWeights}. Give each neuron as many, or no weights, so that random ones are made.");
    }
}
