using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Vectors;

/// <summary>A network that the reference quantizes to unsigned inputs per channel, and then fails to run.</summary>
public sealed class ReferenceFailsTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(VectorCase.Root, "..", "reference_fails", "float_input_uint8_per_axis");

    private static Model Floating => ModelReader.Read(Path.Combine(Folder, "float.h5"));

    private static SampleSet Calibration => SampleReader.Read(Path.Combine(Folder, "samples.npz"));

    /// <summary>
    /// Its neighbours hold the same network and the same samples. Unsigned inputs of one range have a zero point too,
    /// rounded to a step of the inputs, which is where most of the error comes from; signed inputs have none.
    /// </summary>
    [Fact]
    public void It_agrees_with_its_float_model_as_well_as_its_neighbours_do()
    {
        (float largest, float mean) = Errors(new QuantizationParams());
        (float largestPerTensor, float meanPerTensor) = Neighbour("float_input_uint8_per_tensor");
        (float largestSigned, float meanSigned) = Neighbour("float_input_int8");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"largest error {largest:0.0000} (per-tensor {largestPerTensor:0.0000}, int8 {largestSigned:0.0000}), mean {mean:0.0000} ({meanPerTensor:0.0000}, {meanSigned:0.0000})"));
        Assert.InRange(largest, 0f, largestPerTensor);
        Assert.InRange(mean, 0f, meanPerTensor);
    }

    private static (float Largest, float Mean) Neighbour(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Assert.Equal(
            OutputSteps.Outputs(vectors.ReadModel("float.h5"), vectors.Samples("samples.npz")),
            OutputSteps.Outputs(Floating, Calibration));
        return Errors(vectors.Options(vectors.ReadModel("quantized.h5")).Parameters);
    }

    /// <summary>The errors of all outputs for the test inputs, relative to the largest output of the float model.</summary>
    private static (float Largest, float Mean) Errors(QuantizationParams parameters)
    {
        Model floating = Floating;
        SampleSet inputs = SampleReader.Read(Path.Combine(Folder, "inputs.npz"));
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Parameters = parameters,
            Samples = Calibration,
            BatchSize = 32,
        });
        float[] expected = OutputSteps.Outputs(floating, inputs);
        float[] errors = [.. OutputSteps.Outputs(quantized, inputs).Zip(expected, (actual, value) => MathF.Abs(actual - value))];
        float scale = expected.Max(MathF.Abs);
        return (errors.Max() / scale, errors.Average() / scale);
    }
}
