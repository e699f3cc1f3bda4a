using AkidaQuant.Layers;
using AkidaQuant.Tests.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>What activations say of themselves is what they compute.</summary>
public sealed class ActivationPropertyTests
{
    private const int Count = 401;

    private static readonly Layer[] Activations =
    [
        new ReLU { Name = "plain" },
        new ReLU { Name = "bounded", MaxValue = 6 },
        new ReLU { Name = "sloping", NegativeSlope = 0.1f },
        new ReLU { Name = "folded", NegativeSlope = -0.1f },
        new ReLU { Name = "raised", Threshold = 1 },
        new ReLU { Name = "lowered", Threshold = -1 },
        new TableActivation { Name = "gelu", Function = "gelu" },
        new TableActivation { Name = "swish", Function = "swish" },
        new TableActivation { Name = "hard_silu", Function = "hard_silu" },
        new TableActivation { Name = "leaky", Function = "leaky_relu" },
        new TableActivation { Name = "turned", Function = "leaky_relu", Alpha = -0.1 },
    ];

    public static TheoryData<string> Names => [.. Activations.Select(layer => layer.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_activation_never_falls_and_is_never_negative_where_it_says_so(string name)
    {
        Layer layer = Activations.Single(layer => layer.Name == name);
        float[] inputs = [.. Enumerable.Range(0, Count).Select(i => (i - (Count / 2)) / 20f)];
        float[] outputs = Small.Outputs(Small.Chain(Small.Input(null, Count), layer), SampleSet.FromArray(inputs, new Shape(Count)));
        Assert.True(layer.IsActivation);
        Assert.Equal(outputs.Zip(outputs.Skip(1)).All(pair => pair.First <= pair.Second), layer.NeverFalls);

        // The quantizers of tables have a sign whatever the values (quantize.md 5).
        Assert.Equal(layer is ReLU && outputs.All(output => output >= 0), layer.IsNeverNegative);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_maximum_is_taken_before_an_activation_that_never_falls(string name)
    {
        Layer activation = Activations.Single(layer => layer.Name == name);
        MaxPooling2D pool = new() { Name = "pool", Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2) } };
        List<string> log = [];
        Model model = Sanitizer.Run(Small.Chain(Small.Input(null, 4, 4, 2), activation, pool, Small.Convolution("conv", 2, 2)), log.Add);
        Assert.Equal(activation.NeverFalls ? "pool" : name, model.Nodes[1].Name);
        Assert.Equal(!activation.NeverFalls, log.Any(line => line.Contains("it falls somewhere", StringComparison.Ordinal)));
    }
}
