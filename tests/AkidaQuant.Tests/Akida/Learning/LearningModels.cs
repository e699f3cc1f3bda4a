using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Learning;

/// <summary>Models of an input of 1 bit and a layer that learns, and samples for them.</summary>
internal static class LearningModels
{
    /// <summary>The name of the layer that learns.</summary>
    public const string Layer = "fc";

    /// <summary>An input alone.</summary>
    public static AkidaModel Input(params int[] shape) =>
        new("hand", AkidaVersion.V1, [new AkidaInputData { Name = "input", InputShape = new Shape(shape), InputBits = 1 }]);

    /// <summary>A model whose neurons have the connections that are listed, and learned as far as given.</summary>
    public static AkidaModel Connected(
        AkidaLearning learning, int inputs, int[][] connections, int[]? thresholds = null, float[]? plasticity = null)
    {
        sbyte[] weights = new sbyte[inputs * connections.Length];
        foreach ((int neuron, int[] row) in connections.Index())
        {
            foreach (int input in row)
            {
                weights[(input * connections.Length) + neuron] = 1;
            }
        }

        AkidaVariables variables = [];
        variables.Add("weights", new NdArray<sbyte>(new Shape(1, 1, inputs, connections.Length), weights));
        if (thresholds is not null)
        {
            variables.Add("threshold_learning", NdArray<int>.Vector(thresholds));
        }

        if (plasticity is not null)
        {
            variables.Add("plasticity", NdArray<float>.Vector(plasticity));
        }

        return With(learning, inputs, connections.Length, variables);
    }

    /// <summary>A model whose layer has these variables.</summary>
    public static AkidaModel With(AkidaLearning learning, int inputs, int units, AkidaVariables variables) => new(
        "hand",
        AkidaVersion.V1,
        [
            .. Input(1, 1, inputs).Layers,
            new AkidaFullyConnected
            {
                Name = Layer, Inbounds = ["input"], Units = units, Activation = false, Learning = learning, Variables = variables,
            },
        ]);

    /// <summary>Samples whose active inputs are listed.</summary>
    public static SampleSet Samples(int inputs, int[]? labels, params int[][] active)
    {
        byte[] values = new byte[inputs * active.Length];
        foreach ((int sample, int[] row) in active.Index())
        {
            foreach (int input in row)
            {
                values[(sample * inputs) + input] = 1;
            }
        }

        return SampleSet.FromArray(values, new Shape(1, 1, inputs), labels);
    }

    /// <summary>The connections of each neuron.</summary>
    public static int[][] Connections(AkidaModel model)
    {
        NdArray<sbyte> weights = Variables(model).Find<sbyte>("weights")!;
        int units = weights.Shape[3];
        return
        [
            .. Enumerable.Range(0, units).Select(neuron =>
                Enumerable.Range(0, weights.Shape[2]).Where(input => weights.Values[(input * units) + neuron] == 1).ToArray()),
        ];
    }

    /// <summary>The potentials from which on the neurons learn.</summary>
    public static int[] Thresholds(AkidaModel model) => Variables(model).Find<int>("threshold_learning")!.Values;

    /// <summary>The plasticity of the neurons.</summary>
    public static float[] Plasticity(AkidaModel model) => Variables(model).Find<float>("plasticity")!.Values;

    /// <summary>All that the layer has learned, as a text.</summary>
    public static string State(AkidaModel model) => string.Join(
        " | ",
        Connections(model).Select(row => string.Join(',', row))
            .Append(string.Join(',', Thresholds(model)))
            .Append(string.Join(',', Plasticity(model).Select(BitConverter.SingleToInt32Bits))));

    private static AkidaVariables Variables(AkidaModel model) => model[Layer].Variables;
}
