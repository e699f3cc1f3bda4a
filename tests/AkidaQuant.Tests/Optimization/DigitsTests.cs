using System.Collections.Concurrent;
using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Models;
using AkidaQuant.Optimization;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Optimization;

/// <summary>Trained networks of real digits at few bits: accuracy on digits that were not calibrated with.</summary>
public sealed class DigitsTests(DigitsTests.Table table, CheckReport checks) : IClassFixture<DigitsTests.Table>
{
    public static TheoryData<string, string, int, int, bool, double> Cases()
    {
        TheoryData<string, string, int, int, bool, double> cases = [];
        foreach (string network in new[]
        {
            "keras/digits_ds_cnn/float.h5",
            "keras/digits_lenet/float.h5",
            "onnx/digits_convnet/float.onnx",
            "onnx/digits_resnet/float.onnx",
        })
        {
            cases.Add(network, "w8a8", 8, 8, false, 0.5);
            cases.Add(network, "w4a4", 4, 4, false, 1);
            cases.Add(network, "w4a4 per-tensor", 4, 4, true, 1);
            cases.Add(network, "w4a2", 4, 2, false, 6);
            cases.Add(network, "w3a3", 3, 3, false, 3);
            cases.Add(network, "w2a2", 2, 2, false, 18);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Accuracy_comes_back(string network, string scheme, int weightBits, int activationBits, bool perTensor, double lost)
    {
        string path = Repository.PathOf($"tests/vectors/{network}");
        Model floating = ModelReader.Read(path);
        SampleSet samples = Digits("calibration", floating);
        SampleSet test = Digits("test", floating);
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Parameters = new QuantizationParams
            {
                WeightBits = weightBits,
                ActivationBits = activationBits,
                PerTensorActivations = perTensor,
            },
            Samples = samples,
            BatchSize = 100,
            Epochs = 2,
        });
        Model optimized = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples });
        (double full, double plain, double better) = (Accuracy(floating, test), Accuracy(quantized, test), Accuracy(optimized, test));
        table.Add(string.Create(
            CultureInfo.InvariantCulture, $"{network,-32} {scheme,-16} float {full:0.0} plain {plain:0.0} optimized {better:0.0}"));
        Assert.True(better >= (activationBits == 8 ? plain : full) - lost, $"{full} {plain} {better}");
    }

    [Theory]
    [InlineData("digits.h5", 8)]
    [InlineData("digits.h5", 4)]
    [InlineData("digits_pytorch.onnx", 8)]
    [InlineData("digits_pytorch.onnx", 4)]
    public void The_networks_of_the_examples_are_checked(string file, int bits)
    {
        Model floating = ModelReader.Read(Repository.PathOf($"examples/data/{file}"));
        List<string> warnings = [];
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Parameters = new QuantizationParams { WeightBits = bits, ActivationBits = bits },
            Samples = Digits("calibration", floating),
            BatchSize = 100,
            Epochs = 2,
            Warning = warnings.Add,
        });
        checks.Add($"examples/{file} {bits}/{bits}", quantized, warnings);
    }

    private static SampleSet Digits(string part, Model model)
    {
        SampleSet digits = SampleReader.Read(Repository.PathOf($"examples/data/digits_{part}.npz"));
        if (model.Input.Type is not null)
        {
            return digits;
        }

        // The networks from PyTorch were trained on values from 0 to 1.
        float[] values = new float[digits.Count * digits.SampleShape.Size];
        digits.CopyTo(0, digits.Count, values);
        return SampleSet.FromArray(Array.ConvertAll(values, value => value / 255), digits.SampleShape, digits.Labels);
    }

    private static double Accuracy(Model model, SampleSet digits)
    {
        int right = 0;
        foreach (OutputBatch batch in Inference.Run(model, digits, 256))
        {
            int classes = batch.Values.Length / batch.Count;
            for (int i = 0; i < batch.Count; i++)
            {
                ReadOnlySpan<float> outputs = batch.Values.AsSpan(i * classes, classes);
                right += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(outputs) == digits.Labels![batch.Start + i] ? 1 : 0;
            }
        }

        return 100.0 * right / digits.Count;
    }

    /// <summary>Writes <c>artifacts/optimization.txt</c> when all cases have run.</summary>
    public sealed class Table : IDisposable
    {
        private readonly ConcurrentBag<string> _lines = [];

        public void Add(string line) => _lines.Add(line);

        public void Dispose()
        {
            string folder = Directory.CreateDirectory(Repository.PathOf("artifacts")).FullName;
            File.WriteAllLines(Path.Combine(folder, "optimization.txt"), _lines.Order(StringComparer.Ordinal));
        }
    }
}
