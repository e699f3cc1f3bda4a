using AkidaQuant.Execution;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Tests.Formats.Onnx;

namespace AkidaQuant.Tests.Vectors;

/// <summary>A quantized ONNX file of the reference with the tensors that its graph gives.</summary>
internal sealed class OnnxQuantizedCase
{
    private readonly OnnxGraph _graph;

    /// <summary>Reads a file.</summary>
    public OnnxQuantizedCase(string path)
        : this(path, File.ReadAllBytes(path))
    {
    }

    /// <summary>Reads the content of a file.</summary>
    public OnnxQuantizedCase(string path, byte[] content)
    {
        _graph = new OnnxGraph(OnnxFile.Parse(path, content));
        Model = OnnxReader.Read(path, content);
    }

    /// <summary>What was read.</summary>
    public Model Model { get; }

    /// <summary>The tensor that a layer gives.</summary>
    public string TensorOf(PlanStep<Node> step) => _graph.Nodes.First(node => node.Name == step.Node.Name).Output;

    /// <summary>The layer that gives a tensor: it has the name of the node. Null where several nodes became one layer.</summary>
    public PlanStep<Node>? Find(string tensor) =>
        _graph.Producer(tensor) is { } node && Model.Find(node.Name) is not null ? Model.Plan[node.Name] : null;

    /// <summary>A runner that has run the first samples.</summary>
    public PlanRunner Run(SampleSet samples, int start, int count)
    {
        PlanRunner runner = new(Model.Plan, count);
        SampleSet fitting = Model.Input.Fit(samples, Model.Name);
        SampleInput.Load(fitting, start, count, runner.Input, Model.Input.Integers, Model.Name);
        runner.Run(count);
        return runner;
    }

    /// <summary>A tensor of the file's order of axes, its channels put last where the layer gives an image.</summary>
    public static T[] AsOurs<T>(T[] values, Shape shape, Shape ours)
    {
        if (shape.Rank != 4 || ours.Rank != 3)
        {
            return values;
        }

        Assert.Equal(ours, new Shape(shape[2], shape[3], shape[1]));
        (int channels, int pixels) = (shape[1], shape[2] * shape[3]);
        T[] ordered = new T[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int inSample = i % (channels * pixels);
            ordered[i] = values[i - inSample + (inSample % channels * pixels) + (inSample / channels)];
        }

        return ordered;
    }

    /// <summary>
    /// Compares what a layer gave with a recorded tensor: integers and what is exact exactly, other floats within 1e-4 of the
    /// greatest.
    /// </summary>
    public static void Compare(
        string tensor,
        PlanRunner runner,
        Model model,
        PlanStep<Node> step,
        NpyArray expected,
        int batch,
        Comparison comparison)
    {
        Shape ours = step.Prepared.Output.Shape;
        Shape shape = expected.Shape;
        if (step.Node.Layer is Flatten && model.Plan.Steps[step.Inputs[0]].Prepared.Output.Shape is { Rank: 3 } image)
        {
            // A flattened image keeps its order in memory; the layer behind has its weights in that order.
            (shape, ours) = (new Shape(batch, image[2], image[0], image[1]), image);
        }

        if (runner[model.Plan.Position(step.Node.Name)] is IntegerData data)
        {
            long[] integers = new long[batch * data.SampleSize];
            data.CopyTo(integers, batch);
            comparison.Integers(tensor, integers, AsOurs(expected.ToInt32().Values, shape, ours));
            return;
        }

        float[] actual = ((FloatData)runner[model.Plan.Position(step.Node.Name)]).Values(batch).ToArray();
        float[] wanted = AsOurs(expected.ToSingles().Values, shape, ours);
        if (step.Node.Layer is Dequantizer)
        {
            comparison.Floats(tensor, actual, wanted);
            return;
        }

        Assert.InRange(OnnxComparison.LargestDifference(wanted, actual), 0, OnnxComparison.Tolerance);
    }
}
