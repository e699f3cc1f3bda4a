using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

public sealed class CompatibilityTestTests
{
    [Theory]
    [InlineData("streaming_recurrent")]
    [InlineData("temporal_buffers")]
    public void Networks_that_keep_state_are_judged_without_being_told_of_streams(string name)
    {
        Model model = ModelReader.Read(Repository.PathOf($"tests/vectors/keras/{name}/float.h5"));
        RepairOptions options = new() { Parameters = new QuantizationParams { InputType = IntegerType.Int8 } };
        Assert.All(CompatibilityTest.Run(model, options), row => Assert.Empty(row.Problem));
        RepairCase.CheckUntouched(model, options);
    }

    [Fact]
    public void A_chain_of_Akida_models_has_the_rows_of_all_its_parts()
    {
        Model model = new Graph(8, 8, 3).Conv("a", 3, 3, 4).ReLU("relu").Conv("b", 3, 4, 4)
            .Add(new Activation { Name = "tanh", Function = "tanh" }).Conv("c", 3, 4, 4).Build();
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Samples = RandomSamples.CreateFloats(model.InputShape, 8, 3, -1, 1),
            Hybrid = true,
        });
        IReadOnlyList<CompatibilityRow> rows = CompatibilityTest.Run(AkidaConverter.Convert(quantized, AkidaVersion.V2));
        Assert.Equal(
            ["a Akida", "b Akida", "tanh Float", "c Akida"],
            rows.Where(row => row.Layer is "a" or "b" or "tanh" or "c").Select(row => $"{row.Layer} {row.Runs}"));
        Assert.Contains("100 % of the weights", rows[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_host_computes_is_no_problem()
    {
        Model model = new Graph(8, 8, 3).Conv("a", 3, 3, 4).ReLU("x").Add(new GlobalAveragePooling2D { Name = "gap", KeepDims = true })
            .Conv("gate", 1, 4, 4).Add(new Activation { Name = "sigmoid", Function = "sigmoid" })
            .Add(new Multiply { Name = "product" }, "x", "sigmoid").Build();
        IReadOnlyList<CompatibilityRow> rows = CompatibilityTest.Run(model, new RepairOptions());
        Assert.All(rows, row => Assert.Empty(row.Problem));
        Assert.Equal(CompatibilityPlace.Akida, rows.Single(row => row.Layer == "a").Runs);
        Assert.Equal(CompatibilityPlace.Float, rows.Single(row => row.Layer == "gate").Runs);
    }
}
