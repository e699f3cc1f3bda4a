using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Optimization.Distillation;

namespace AkidaQuant.Tests.Optimization.Distillation;

/// <summary>
/// Gradients of whole networks against differences of their float twin, which has the weights that the integers stand for. Activations
/// have 11 bits, so that both differ little.
/// </summary>
public sealed class TrainingGraphTests
{
    private const int Count = 6;

    [Theory]
    [MemberData(nameof(DistilledNetwork.Kinds), MemberType = typeof(DistilledNetwork))]
    public void Gradients_are_those_of_the_float_twin(string kind)
    {
        // Darker than those that ranges are calibrated with, so that nothing saturates, which the twin does not.
        SampleSet samples = DistilledNetwork.Samples(Count, divisor: 2);
        Model model = DistilledNetwork.Quantized(
            DistilledNetwork.Float(kind), DistilledNetwork.Samples(Count), weightBits: 8, activationBits: 11);
        TrainingGraph graph = new(model);
        Assert.Empty(graph.Obstacles);
        Model current = graph.Current(model);
        GradientFrame frame = new(graph.Needs, graph.ParameterSizes);
        PlanRunner runner = new(current.Plan, Count);
        SampleInput.Load(samples, 0, Count, runner.Input, model.Input.Integers, model.Name);
        runner.Run(Count);
        frame.Begin(current.Plan, runner, Count);
        float[] byOutput = Random(7, frame.Gradient(graph.LossStep).Length);
        byOutput.CopyTo(frame.Gradient(graph.LossStep));
        graph.Backward(frame, new QuantizerInputs(current.Plan, graph.Needs));

        // Layers that the rewrites insert have no bias, and a diagonal that stays as it is.
        Assert.Equal(
            model.GraphLayers.OfType<QuantizedWeightedLayer>().Where(layer => layer.UseBias),
            graph.Trained.Select(layer => layer.Layer));
        foreach (TrainedLayer trained in graph.Trained)
        {
            for (int slot = 0; slot < trained.KernelSlots.Length + 1; slot++)
            {
                float[] gradient = frame.ByParameters[slot < trained.KernelSlots.Length ? trained.KernelSlots[slot] : trained.BiasSlot];
                float[] direction = Random(slot, gradient.Length);
                double up = Loss(trained.Layer.Name, slot, direction, 1e-3f);
                double expected = (up - Loss(trained.Layer.Name, slot, direction, -1e-3f)) / 2e-3;
                double found = Product(direction, gradient);
                double size = Math.Sqrt(Product(gradient, gradient)) * 0.05;
                Assert.True(
                    Math.Abs(expected - found) <= size + 1e-4, $"{trained.Layer.Name} {slot}: {found} is not {expected} within {size}.");
            }
        }

        double Loss(string layer, int variable, float[] direction, float step) => Product(
            Inference.Run(Twin(current, layer, variable, direction, step), samples).Single().Values, byOutput);
    }

    [Fact]
    public void Layers_in_front_of_one_without_gradient_are_not_trained()
    {
        Model model = DistilledNetwork.Quantized(DistilledNetwork.Float("token"), DistilledNetwork.Samples(Count), 8, 8);
        TrainingGraph graph = new(model);
        Assert.Equal("token", Assert.Single(graph.Obstacles).Name);
        Assert.Equal("last", Assert.Single(graph.Trained).Layer.Name);
        Assert.False(graph.Needs[model.Plan.Position("first")]);
    }

    [Fact]
    public void Quantizers_stop_gradients_of_what_lies_beyond_their_range()
    {
        OutputQuantizer quantizer = new() { Bitwidth = 3, RescalingRate = NdArray<float>.Scalar(4) };
        QuantizedSpec spec = new(new Shape(5), 2, ScalarOrVector<int>.Scalar(1));
        float[] gradient = [1, 1, 1, 1, 1];
        QuantizerGradient.Apply(quantizer, spec, [-2.3f / 4, -2.2f / 4, 1f / 4, 1.7f / 4, 1.8f / 4], gradient);
        Assert.Equal([0, 4, 4, 4, 0], gradient);
    }

    /// <summary>The float network of a quantized one, rates of output quantizers as layers; one variable is moved.</summary>
    private static Model Twin(Model model, string name, int variable, float[] direction, float step)
    {
        List<Node> nodes = [];
        Dictionary<string, string> ends = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes)
        {
            Layer layer = node.Layer is QuantizedWeightedLayer { UseBias: true } weighted
                ? weighted with { Bias = Bias(model.Plan[node.Name].Prepared.Recorded.Tensor("bias_quantizer/qweights")!) }
                : node.Layer;
            if (node.Name == name)
            {
                NdArray<float>[] values = [.. layer.Variables.Select(given => given.Value)];
                values[variable] = values[variable] with
                {
                    Values = [.. values[variable].Values.Zip(direction, (value, move) => value + (step * move))],
                };
                layer = layer.WithVariables(values);
            }

            layer = layer is QuantizedLayer quantized ? quantized.ToFloat() : layer;
            nodes.Add(new Node(layer, [.. node.Inputs.Select(input => ends[input])]));
            ends[node.Name] = node.Name;
            if (node.Layer is QuantizedLayer { OutputQuantizer.RescalingRate: { } rate })
            {
                ends[node.Name] = $"{node.Name}/rate";
                nodes.Add(new Node(
                    new Rescaling { Name = ends[node.Name], Scale = Array.ConvertAll(rate.Values, value => (double)value) }, [node.Name]));
            }
        }

        return Model.Create("twin", isSequential: false, nodes, [ends[model.Outputs[0]]]);
    }

    /// <summary>The bias that the integers stand for.</summary>
    private static NdArray<float> Bias(RecordedTensor recorded)
    {
        ScalarOrVector<float> scales = ScalarOrVector<float>.From(recorded.Scales!);
        return NdArray<float>.Vector(
        [
            .. recorded.Values.Values.Select((value, channel) =>
                MathF.ScaleB(value * scales[channel], -recorded.FracBits[recorded.FracBits.Count == 1 ? 0 : channel])),
        ]);
    }

    private static float[] Random(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static double Product(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();
}
