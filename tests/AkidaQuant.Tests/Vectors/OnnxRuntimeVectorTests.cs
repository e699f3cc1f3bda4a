using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Samples;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;
using AkidaQuant.Tests.Akida;
using AkidaQuant.Tests.Formats.Onnx;

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// The reference's quantized networks against ONNX Runtime on the same file, every tensor of it: those of the
/// vectors, and larger ones, <c>name_quantizeml.onnx</c> with <c>name_inputs.npz</c>, in the folder that
/// <c>AKIDAQUANT_BENCH</c> names.
/// </summary>
/// <remarks>
/// The files compute integers in float32, and where a product takes more than 24 bits that can round to the neighbour of
/// the exact integer, which then spreads. Every layer is therefore given ONNX Runtime's own inputs, and an integer may
/// differ only where the file's float32 steps, done here one by one, give the one and integer arithmetic the other.
/// </remarks>
public sealed class OnnxRuntimeVectorTests(ResultTable table, ITestOutputHelper output)
{
    private const int MostSamples = 4;

    [Theory]
    [MemberData(nameof(OnnxQuantizedVectorTests.Files), MemberType = typeof(OnnxQuantizedVectorTests))]
    public void A_quantized_network_gives_what_ONNX_Runtime_gives(string name, string file, string inputs)
    {
        string path = Path.Combine(Repository.Root, file);
        inputs = Path.Combine(Repository.Root, inputs);
        SampleSet samples = SampleReader.Read(inputs, new SampleReadOptions { First = MostSamples });
        OnnxQuantizedCase quantized = new(path);
        IReadOnlyDictionary<string, NpyArray> expected = OnnxTensorOracle.Run(
            path,
            First(NpzReader.ReadAll(inputs)["inputs"], samples.Count));
        Comparison whole = new();
        PlanRunner runner = quantized.Run(samples, 0, samples.Count);
        Comparison comparison = new();
        int rounded = 0;
        foreach ((string tensor, NpyArray values) in expected)
        {
            if (quantized.Find(tensor) is not { } step)
            {
                continue;
            }

            OnnxQuantizedCase.Compare(tensor, runner, quantized.Model, step, values, samples.Count, whole);
            if (step.Node.Layer is IntegerLayer and not IntegerInputQuantizer)
            {
                rounded += CompareLayer(tensor, quantized, step, expected, samples.Count, comparison);
            }
        }

        table.Add(
            name,
            "1 runtime",
            comparison,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{expected.Count} tensors of {samples.Count} images; {rounded} integers that float32 rounds to a neighbour, which make {whole.Different} of {whole.Compared} differ from end to end"));
        Assert.True(comparison.IsExact, comparison.Details);
        Assert.True(rounded > 0 || whole.IsExact, whole.Details);
    }

    /// <summary>Runs one layer on ONNX Runtime's inputs.</summary>
    /// <returns>The integers that float32 rounds differently.</returns>
    private int CompareLayer(
        string tensor,
        OnnxQuantizedCase quantized,
        PlanStep<Node> step,
        IReadOnlyDictionary<string, NpyArray> tensors,
        int batch,
        Comparison comparison)
    {
        IReadOnlyList<PlanStep<Node>> steps = quantized.Model.Plan.Steps;
        TensorData[] inputs =
        [
            .. step.Inputs.Select(input =>
                Filled((QuantizedSpec)steps[input].Prepared.Output, tensors[quantized.TensorOf(steps[input])], batch)),
        ];
        Shape shape = step.Prepared.Output.Shape;
        long[] actual = Run(step.Prepared, inputs, batch);
        NpyArray given = tensors[tensor];
        long[] expected = Array.ConvertAll(OnnxQuantizedCase.AsOurs(given.ToInt32().Values, given.Shape, shape), value => (long)value);
        int[] different = [.. Enumerable.Range(0, actual.Length).Where(i => actual[i] != expected[i])];
        if (different.Length > 0 && step.Node.Layer is IntegerWeightedLayer { Tail.Rescaling: { } rescaling } layer)
        {
            IntegerWeightedLayer unscaled = layer with { Tail = layer.Tail with { Rescaling = null } };
            long[] accumulators = Run(unscaled.Prepare([.. step.Inputs.Select(input => steps[input].Prepared.Output)]), inputs, batch);
            different =
            [
                .. different.Where(i => !IsRounded(accumulators[i], rescaling, i % shape.Channels, actual[i], expected[i], tensor)),
            ];
            comparison.Count(actual.Length, different.Length);
            return actual.Zip(expected).Count(pair => pair.First != pair.Second) - different.Length;
        }

        comparison.Integers(tensor, actual, Array.ConvertAll(expected, value => (int)value));
        return 0;
    }

    /// <summary>Whether the file's float32 steps give one integer and integer arithmetic the other.</summary>
    private bool IsRounded(long accumulator, IntegerRescaling rescaling, int channel, long actual, long expected, string tensor)
    {
        int factor = rescaling.Factors![channel];
        int shift = -rescaling.Shifts[channel];
        float divided = accumulator / MathF.ScaleB(1, shift);
        float inFloat = Math.Clamp(MathF.Floor((divided * factor) + 0.5f), -128, 127);
        long product = accumulator * factor;
        long exact = Math.Clamp(shift > 0 ? (product + (1L << (shift - 1))) >> shift : product << -shift, -128, 127);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{tensor}, channel {channel}: {accumulator} * {factor} / 2^{shift} = {(decimal)product / (1L << shift)}; exact {exact}, in float32 {inFloat}; here {actual}, ONNX Runtime {expected}"));
        return exact == actual && inFloat == expected;
    }

    private static NpyArray First(NpyArray values, int count)
    {
        Shape shape = new([count, .. values.Shape.Skip(1)]);
        return new NpyArray(shape, values.ToSingles().Values[..shape.Size]);
    }

    private static long[] Run(PreparedLayer prepared, TensorData[] inputs, int batch)
    {
        using IntegerData result = (IntegerData)TensorData.Allocate(prepared.Output, batch);
        prepared.CreateOperation()(inputs, result, batch);
        return EmulatorComparison.Integers(result, batch);
    }

    private static IntegerData Filled(QuantizedSpec spec, NpyArray values, int batch)
    {
        IntegerData data = new(spec.Shape.Size, batch, spec.Storage);
        int[] integers = OnnxQuantizedCase.AsOurs(values.ToInt32().Values, values.Shape, spec.Shape);
        Array.ConvertAll(integers, value => (short)value).CopyTo(data.Values<short>(batch));
        return data;
    }
}
