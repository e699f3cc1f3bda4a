using System.Globalization;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Runs networks here and in ONNX Runtime, and compares.</summary>
internal static class OnnxComparison
{
    /// <summary>The relative difference that float32 arithmetic in another order may make.</summary>
    public const float Tolerance = 1e-4f;

    /// <summary>
    /// Outputs all below it are compared as if the largest were of that size: they are the rest of values near 1 that cancel out.
    /// </summary>
    private const float Least = 1e-3f;

    /// <summary>Uniform values for samples and weights.</summary>
    public static float[] Random(Random random, int count, float min = -1, float max = 1)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = min + ((max - min) * random.NextSingle());
        }

        return values;
    }

    /// <summary>The largest difference, relative to the largest absolute value expected; infinite where one is not a number.</summary>
    public static float LargestDifference(float[] expected, float[] actual)
    {
        if (expected.Length != actual.Length)
        {
            return float.PositiveInfinity;
        }

        float largest = Least;
        float difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, float.IsFinite(expected[i]) ? MathF.Abs(expected[i]) : 0);
            float here = expected[i].Equals(actual[i]) ? 0 : MathF.Abs(expected[i] - actual[i]);
            difference = Math.Max(difference, float.IsNaN(here) ? float.PositiveInfinity : here);
        }

        return difference / largest;
    }

    /// <summary>What the imported network gives.</summary>
    /// <param name="model">The network.</param>
    /// <param name="samples">One sample after the other, channels first; bytes for typed inputs.</param>
    /// <param name="sample">The shape of a sample, channels first.</param>
    public static float[] Outputs(Model model, float[] samples, Shape sample)
    {
        Array values = model.Input.Type switch
        {
            IntegerType.UInt8 => Array.ConvertAll(samples, value => (byte)value),
            IntegerType.Int8 => Array.ConvertAll(samples, value => (sbyte)value),
            _ => samples,
        };
        return [.. Inference.Run(model, SampleSet.FromArray(values, sample)).SelectMany(batch => batch.Values)];
    }

    /// <summary>
    /// Images with their channels put last, as layers here give them; all else, and images that the network turns itself, as it is.
    /// </summary>
    public static float[] AsOurs(byte[] content, OracleOutput expected, Shape ours)
    {
        GraphProto graph = ModelProto.Parser.ParseFrom(content).Graph;
        NodeProto? last = Producer(graph, graph.Output[0].Name);
        while (last is { OpType: "Identity" or "Cast" or "Softmax" or "Sigmoid" })
        {
            last = Producer(graph, last.Input[0]);
        }

        bool isTurned = last is { OpType: "Transpose" } && last.Attribute is [{ Name: "perm", Ints: [0, 2, 3, 1] }];
        return isTurned ? expected.Values : AsOurs(expected, ours);
    }

    private static NodeProto? Producer(GraphProto graph, string tensor) => graph.Node.FirstOrDefault(node => node.Output.Contains(tensor));

    /// <summary>Images with their channels put last.</summary>
    public static float[] AsOurs(OracleOutput expected, Shape ours)
    {
        if (expected.Shape.Rank != 4 || ours != new Shape(expected.Shape[2], expected.Shape[3], expected.Shape[1]))
        {
            return expected.Values;
        }

        int channels = expected.Shape[1];
        int pixels = expected.Shape[2] * expected.Shape[3];
        float[] values = new float[expected.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int inSample = i % (channels * pixels);
            values[i] = expected.Values[i - inSample + (inSample % channels * pixels) + (inSample / channels)];
        }

        return values;
    }

    /// <summary>The largest relative difference between what a network gives here and there.</summary>
    public static float Difference(string path, byte[] content, float[] samples, Shape sample, bool optimize = false)
    {
        // What the oracle takes to be invalid is a defect of the test, whatever we make of it.
        using OnnxOracle oracle = OnnxOracle.Open(content, optimize);
        OracleOutput expected = oracle.Run(samples);
        Model model = OnnxReader.Read(path, content);
        Assert.Equal(expected.Shape.Size / expected.Shape[0], model.Plan.Output.Shape.Size);
        return LargestDifference(AsOurs(content, expected, model.Plan.Output.Shape), Outputs(model, samples, sample));
    }

    /// <summary>Asserts that a network gives the same here and there for random samples.</summary>
    public static void AssertSame(OnnxGraphBuilder graph, Shape sample, int count = 3, int seed = 1)
    {
        float[] samples = Random(new Random(seed), count * sample.Size);
        float difference = Difference("network.onnx", graph.ToBytes(), samples, sample);
        Assert.True(
            difference <= Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"The largest relative difference is {difference}.\n{graph}"));
    }
}
