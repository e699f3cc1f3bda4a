using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Runs models before and after a rewrite.</summary>
internal static class Outputs
{
    /// <summary>Float rounding, of the largest value.</summary>
    private const double Tolerance = 2e-5;

    /// <summary>What the model gives for the samples, one array for each of its outputs.</summary>
    public static float[][] Of(Model model, float[] samples)
    {
        int batch = samples.Length / model.InputShape.Size;
        PlanRunner runner = new(model.Plan, batch);
        samples.CopyTo(((FloatData)runner.Input).Values(batch));
        runner.Run(batch);
        return [.. model.Outputs.Select(output => ((FloatData)runner[model.Plan.Position(output)]).Values(batch).ToArray())];
    }

    /// <summary>Two samples that are the same in every run.</summary>
    public static float[] Samples(Model model)
    {
        Random random = new(11);
        return [.. Enumerable.Range(0, 2 * model.InputShape.Size).Select(_ => (float)((random.NextDouble() * 4) - 2))];
    }

    public static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - (double)actual[i]) <= Tolerance * Math.Max(largest, 1),
                string.Create(CultureInfo.InvariantCulture, $"Value {i} is {actual[i]} and not {expected[i]}."));
        }
    }

    /// <summary>Both models give the same for random samples.</summary>
    public static void AssertSame(Model before, Model after)
    {
        float[] samples = Samples(before);
        float[][] expected = Of(before, samples);
        float[][] actual = Of(after, samples);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            AssertClose(expected[i], actual[i]);
        }
    }

    /// <summary>The model that is written to a file and read back is the same.</summary>
    public static void AssertReadBack(Model model, string extension)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("akidaquant-").FullName, $"model{extension}");
        try
        {
            ModelWriter.Write(model, path);
            Model read = ModelReader.Read(path);
            Assert.Equal(Listing(model), Listing(read));
            Assert.Equal(KerasConfigWriter.ToHdf5Json(model), KerasConfigWriter.ToHdf5Json(read));
            float[] samples = Samples(model);
            Assert.Equal(Of(model, samples)[0], Of(read, samples)[0]);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    /// <summary>Applies one rewrite, and checks that the model computes what it did.</summary>
    public static Model Rewrite<TRewrite>(Model model, List<string>? log = null)
        where TRewrite : IRewrite, new()
    {
        Model rewritten = new TRewrite().Apply(model, log is null ? new RewriteLog(null) : new RewriteLog(log.Add));
        AssertSame(model, rewritten);
        return rewritten;
    }

    /// <summary>Runs all rewrites, and checks that the model computes what it did.</summary>
    public static Model Sanitize(Model model, List<string>? log = null)
    {
        Model rewritten = Sanitizer.Run(model, log is null ? null : log.Add);
        AssertSame(model, rewritten);
        return rewritten;
    }

    /// <summary>The layers in order: <c>name:Class(inputs)</c>.</summary>
    public static string Listing(Model model) =>
        string.Join(" ", model.Nodes.Select(node => $"{node.Name}:{node.Layer.ClassName}({string.Join(",", node.Inputs)})"));

    /// <summary>The names of the layers in order, without the input.</summary>
    public static string Names(Model model) => string.Join(" ", model.Nodes.Skip(1).Select(node => node.Name));
}
