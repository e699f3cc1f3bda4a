using AkidaQuant.Formats;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Checks;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Networks that plain quantization ruins, as people have them: the check says so, and what it advises works.</summary>
public sealed class PublicCheckTests(CheckReport report)
{
    [Theory]
    [InlineData("keras/20_separable.h5", 8, true)]
    [InlineData("keras/20_separable.h5", 12, true)]
    [InlineData("keras/42_dscnn_kws_like.h5", 8, true)]
    [InlineData("onnx/02_flatten_channel_ranges.onnx", 8, false)]
    [InlineData("onnx/05_bias_large_all.onnx", 8, false)]
    [InlineData("onnx/13_mlp_16bit.onnx", 8, false)]
    [InlineData("onnx/13_mlp_16bit.onnx", 14, false)]
    [InlineData("onnx/13_mlp_16bit.onnx", 16, false)]
    public void It_says_what_is_damaged(string file, int bits, bool isDamaged)
    {
        Model floating = ModelReader.Read(Repository.PathOf($"tests/vectors/public/{file}"));
        List<string> warnings = [];
        QuantizeOptions options = new()
        {
            Samples = Samples(file, floating),
            BatchSize = 16,
            Parameters = new QuantizationParams { WeightBits = bits, InputWeightBits = bits, ActivationBits = bits, OutputBits = bits },
            Cancellation = TestContext.Current.CancellationToken,
        };
        Model quantized = Quantizer.Quantize(floating, options with { Warning = warnings.Add });
        report.Add($"public/{file} {bits}/{bits}", quantized, warnings);
        Assert.True(quantized.Check!.IsDamaged || !isDamaged);
        DiagnosisTests.Followed(quantized, floating, options);
    }

    private static SampleSet Samples(string file, Model floating)
    {
        string given = Repository.PathOf($"tests/vectors/public/{Path.ChangeExtension(file, null)}.samples.npy");
        return File.Exists(given)
            ? SampleReader.Read(given)
            : RandomSamples.CreateFloats(floating.InputShape, 64, 1, -1, 1);
    }
}
