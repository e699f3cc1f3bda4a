using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Vectors;

/// <summary>The float network of every quantized file of the reference, against the float file rewritten.</summary>
public sealed class FloatRecoveryTests(ITestOutputHelper output)
{
    /// <summary>Equalization divides a weight, and taking it out multiplies it: each rounds, and so does the inverse of the rate.</summary>
    private const float Rounding = 3f / (1 << 24);

    public static TheoryData<string> Cases => VectorCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_layers_and_weights_are_those_of_the_float_file_rewritten(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model quantized = vectors.ReadModel("quantized.h5");
        Model recovered = Quantizer.FloatSource(quantized);
        Model expected = Sanitizer.Run(ReferenceRewriting.Of(vectors, vectors.ReadModel("float.h5"), quantized).Float);

        Assert.Null(quantized.FloatSource);
        Assert.False(recovered.IsQuantized);
        Assert.Equal(expected.Outputs, recovered.Outputs);
        Assert.Equal(expected.Nodes.Select(node => node.Name), recovered.Nodes.Select(node => node.Name));
        float largest = 0;
        foreach ((Node actual, Node original) in recovered.Nodes.Zip(expected.Nodes))
        {
            Assert.Equal(original.Inputs, actual.Inputs);
            Assert.Equal(original.Layer.ClassName, actual.Layer.ClassName);
            Assert.Equal(original.Layer.Arguments.Where(IsComparable), actual.Layer.Arguments.Where(IsComparable));
            largest = Math.Max(largest, LargestDifference(actual.Layer, original.Layer, quantized[actual.Name].Layer));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest relative difference {largest:0.0e+0}"));
        Assert.InRange(largest, 0f, Rounding);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_quantized_file_quantizes_again_with_its_own_configuration_to_its_outputs(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model quantized = vectors.ReadModel("quantized.h5");
        QuantizeOptions options = vectors.Options(quantized);
        Model again = Quantizer.Quantize(quantized, new QuantizeOptions
        {
            Config = QuantConfigFile.Read(vectors.PathOf("config.json")),
            Samples = vectors.Samples("samples.npz"),
            SampleCount = options.SampleCount,
            BatchSize = options.BatchSize,
            Epochs = options.Epochs,
            Names = options.Names,
            Cancellation = TestContext.Current.CancellationToken,
        });
        Assert.Equal(vectors.Text("config.json"), QuantConfigFile.ToJson(Quantizer.Configuration(again)));
        Assert.Equal(vectors.Text("summary_quantized.txt"), new ModelSummary(again).ToString());
        float steps = OutputSteps.Largest(vectors, again);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"outputs within {steps:0.000} steps"));
        Assert.InRange(steps, 0f, 1f);
    }

    /// <summary>
    /// Whether there is a bias may differ: a zero point creates one, which then comes back as zeros. A sum that is not
    /// halved may say so or not.
    /// </summary>
    private static bool IsComparable(KeyValuePair<string, object?> argument) =>
        argument.Key is not ("use_bias" or "padding_value") && argument is not { Key: "average", Value: false };

    /// <summary>The largest difference of an array, each value relative to the largest that it was computed from.</summary>
    private static float LargestDifference(Layer actual, Layer original, Layer stored)
    {
        float largest = 0;
        foreach (Variable variable in actual.Variables)
        {
            float[] expected = original.Variables.FirstOrDefault(other => other.Name == variable.Name)?.Value.Values
                ?? new float[variable.Value.Values.Length];
            float[] folded = stored.Variables.First(other => other.Name == variable.Name).Value.Values;
            bool isBias = variable.Name.EndsWith("/bias:0", StringComparison.Ordinal);
            Assert.Equal(expected.Length, variable.Value.Values.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                float scale = isBias ? MathF.Max(MathF.Abs(expected[i]), MathF.Abs(folded[i])) : MathF.Abs(expected[i]);
                largest = Math.Max(largest, Relative(variable.Value.Values[i], expected[i], scale));
            }
        }

        if (actual is PaddedConv2D { PaddingValue: { } border })
        {
            float[] expected = ((PaddedConv2D)original).PaddingValue!;
            for (int i = 0; i < border.Length; i++)
            {
                float value = expected[expected.Length == 1 ? 0 : i];
                largest = Math.Max(largest, Relative(border[i], value, MathF.Abs(value)));
            }
        }

        return largest;
    }

    private static float Relative(float actual, float expected, float scale) =>
        actual == expected ? 0 : MathF.Abs(actual - expected) / scale;
}
