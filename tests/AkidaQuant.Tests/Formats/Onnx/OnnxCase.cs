using System.Globalization;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>A small network with random attributes, shapes and weights; all follows from the seed.</summary>
internal sealed class OnnxCase
{
    private const int Samples = 3;

    private OnnxCase(uint seed)
    {
        Seed = seed;
        Random = new Random((int)seed);
    }

    public uint Seed { get; }

    public Random Random { get; }

    public OnnxGraphBuilder Graph { get; } = new();

    /// <summary>The shape of a sample as ONNX has it, without the batch.</summary>
    public Shape Sample { get; private set; }

    public static OnnxCase Build(uint seed, Func<OnnxCase, string> build)
    {
        OnnxCase made = new(seed);
        made.Graph.Output(build(made));
        return made;
    }

    /// <summary>The input: an image of channels, rows and columns.</summary>
    public string Image(int channels, int height, int width) => Input(new Shape(channels, height, width));

    /// <summary>The input: an image of any size.</summary>
    public string Image() => Image(Between(1, 8), Between(1, 9), Between(1, 9));

    /// <summary>The input: rows of values.</summary>
    public string Row(int count) => Input(new Shape(count));

    public string Input(Shape sample)
    {
        Sample = sample;
        return Graph.Input(sample, batch: OneIn(4) ? 1 : null);
    }

    /// <summary>A node.</summary>
    public string Node(string type, IEnumerable<string?> inputs, params (string Name, object? Value)[] attributes) =>
        Graph.Node(type, inputs, attributes);

    /// <summary>Random constants between -1 and 1, stored in any of the ways that exporters use.</summary>
    public string Weights(params int[] dimensions) => Weights(-1, 1, dimensions);

    /// <summary>Random constants.</summary>
    public string Weights(float min, float max, params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return Constant(shape, OnnxComparison.Random(Random, shape.Size, min, max));
    }

    /// <summary>A number without dimensions.</summary>
    public string Scalar(float value) => Constant(new Shape(), [value]);

    /// <summary>Floats as a stored tensor or as the output of a node.</summary>
    public string Constant(Shape shape, float[] values) =>
        OneIn(3)
            ? Graph.Constant(
                OnnxTensors.Make(string.Empty, shape, values, OnnxElementType.Float, OneIn(2) ? TensorStorage.Raw : TensorStorage.Lists))
            : Graph.Floats(shape, values, storage: OneIn(2) ? TensorStorage.Raw : TensorStorage.Lists);

    /// <summary>Integers as a stored tensor or as the output of a node.</summary>
    public string Integers(params long[] values) => OneIn(3)
        ? Graph.Constant(OnnxTensors.Make(string.Empty, new Shape(values.Length), values, OnnxElementType.Int64))
        : Graph.Vector(values);

    /// <summary>Any, both ends included.</summary>
    public int Between(int least, int most) => Random.Next(least, most + 1);

    public float Between(float least, float most) => least + ((most - least) * Random.NextSingle());

    public bool OneIn(int count) => Random.Next(count) == 0;

    public T Pick<T>(params T[] values) => values[Random.Next(values.Length)];

    /// <summary>The tensor, or what a node between makes of it: operators are imported alike behind the input and behind a layer.</summary>
    public string Behind(string tensor) => OneIn(2) ? tensor : Node("Relu", [tensor]);

    /// <summary>The dimensions of a tensor for one sample, the batch left out.</summary>
    public Shape ShapeOf(string tensor)
    {
        OnnxGraphBuilder part = new(Graph.Opset);
        part.Model.MergeFrom(Graph.Model);
        part.Model.OpsetImport.RemoveAt(0);
        part.Graph.Output.Clear();
        part.Output(tensor);
        using OnnxOracle oracle = OnnxOracle.Open(part.ToBytes());
        return new Shape([.. oracle.Run(new float[Sample.Size]).Shape.Skip(1)]);
    }

    /// <summary>The largest relative difference between what the network gives here and in ONNX Runtime.</summary>
    public float Difference() => OnnxComparison.Difference(
        "network.onnx", Graph.ToBytes(), OnnxComparison.Random(new Random((int)Seed), Samples * Sample.Size, -2, 2), Sample);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"AKIDAQUANT_ONNX_SEED={Seed}: sample {Sample}, {Graph}");
}
