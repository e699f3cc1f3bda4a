using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Layers at the input that only give samples another shape (convert.md 2.1, quantize.md 7).</summary>
public sealed class FitInputTests
{
    [Theory]
    [InlineData("04_flatten_first", "(8, 8)", "(64,)")]
    [InlineData("05_dropout_first", "(16,)", "(16,)")]
    public void Public_Keras_networks_convert(string name, string given, string taken)
    {
        Model model = ModelReader.Read(Vectors($"keras/{name}.h5"));
        SampleSet samples = SampleReader.Read(Vectors($"keras/{name}.samples.npy"));
        Model repaired = RepairCase.Check(model, ["ZeroPointNotPossible"], tolerance: 0, samples);
        Assert.Equal(given, repaired.Input.SampleShape.ToString());
        Assert.Equal(taken, repaired.InputShape.ToString());
        float[] expected = SampleReader.Read(Vectors($"keras/{name}.expected.npy")).Values(0);
        float[] actual = Inference.Run(repaired, samples).First().Values.ToArray()[..expected.Length];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_flatten_first_of_a_public_ONNX_network_is_left_out()
    {
        Model model = ModelReader.Read(Vectors("onnx/10_leading_flatten.onnx"));
        Model repaired = RepairCase.Check(model, ["ZeroPointNotPossible"], tolerance: 0);
        Assert.Equal("x h r y", string.Join(' ', repaired.Nodes.Select(node => node.Name)));
        Assert.Equal(new Shape(6, 16), repaired.Input.SampleShape);
    }

    [Fact]
    public void Inputs_of_any_rank_become_rows() =>
        Gen.Select(Gen.Int[1, 4].Array[2, 5], Gen.Bool)
            .Sample(
                (shape, isReshape) =>
                {
                    int size = shape.Aggregate((product, dimension) => product * dimension);
                    Layer first = isReshape
                        ? new Reshape { Name = "row", TargetShape = new Shape(Shape.Unknown) }
                        : new Flatten { Name = "row" };
                    Model model = new Graph(shape).Add(first).Dense("a", size, 4).ReLU("relu").Dense("b", 4, 3).Build();
                    Model repaired = RepairCase.Check(model, tolerance: 0);
                    Assert.Equal(new Shape(size), repaired.InputShape);
                    Assert.Equal(new Shape(shape), repaired.Input.Form!.Shape);
                },
                iter: 8,
                threads: 1);

    [Fact]
    public void A_row_becomes_an_image()
    {
        Model model = new Graph(48).Add(new Reshape { Name = "image", TargetShape = new Shape(4, 4, 3) })
            .Conv("conv", 3, 3, 4).ReLU("relu").GlobalAverage("gap").Dense("fc", 4, 2).Build();
        Model repaired = RepairCase.Check(model, tolerance: 0);
        Assert.Equal(new Shape(4, 4, 3), repaired.InputShape);
        Assert.Equal(new Shape(48), repaired.Input.SampleShape);
    }

    [Fact]
    public void Axes_in_another_order_before_a_flatten_go_into_the_form()
    {
        Model model = new Graph(4, 5, 3).Add(new Permute { Name = "turn", Dims = [3, 1, 2] }).Add(new Dropout { Name = "drop" })
            .Add(new Flatten { Name = "row" }).Dense("a", 60, 4).ReLU("relu").Dense("b", 4, 3).Build();
        Model repaired = RepairCase.Check(model, tolerance: 0);
        Assert.Equal([2, 0, 1], repaired.Input.Form!.Axes!);
        Assert.Equal("in a relu b", string.Join(' ', repaired.Nodes.Select(node => node.Name)));
    }

    [Fact]
    public void A_factor_between_stays()
    {
        Model model = new Graph(6, 5).Rescale("scale", [0.5], [0]).Add(new Flatten { Name = "row" })
            .Dense("a", 30, 4).ReLU("relu").Dense("b", 4, 3).Build();
        Assert.Equal(new Shape(30), RepairCase.Check(model).InputShape);
    }

    [Fact]
    public void A_flatten_that_converts_stays()
    {
        Model model = new Graph(6, 5, 1).Add(new Flatten { Name = "row" }).Dense("a", 30, 4).ReLU("relu").Dense("b", 4, 3).Build();
        RepairCase.CheckUntouched(model, new RepairOptions { Parameters = new QuantizationParams { InputType = IntegerType.Int8 } });
    }

    [Fact]
    public void Callers_see_no_difference()
    {
        Model model = new Graph(4, 5, 3).Add(new Permute { Name = "turn", Dims = [3, 1, 2] }).Add(new Flatten { Name = "row" })
            .Dense("a", 60, 4).ReLU("relu").Dense("b", 4, 3).Build();
        model = model.WithLayers(layer => layer is InputLayer input ? input with { IsChannelsFirst = true, IsFromOnnx = true } : layer);
        Model repaired = Repairer.Repair(model, new RepairOptions());
        SampleSet last = RandomSamples.Create(model, 6, 1);
        SampleSet first = last.WithLastAxisFirst();
        Model quantized = Quantizer.Quantize(repaired, new QuantizeOptions { Samples = last });
        Assert.Null(quantized.Input.Type);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(new Shape(4, 5, 3), akida.SampleShape);
        float[] expected = Outputs(Inference.Run(quantized, last));
        Assert.Equal(expected, Outputs(Inference.Run(quantized, first)));
        Assert.Equal(expected, Outputs(Emulator.Run(akida, last)));
        Assert.Equal(expected, Outputs(Emulator.Run(akida, first)));
        Assert.Equal(new Shape(4, 5, 3), RandomSamples.Create(quantized, 1, 1).SampleShape);
        QuantException error = Assert.Throws<QuantException>(() => Outputs(Emulator.Run(akida, Random(5, 4, 3))));
        Assert.Contains("takes (4, 5, 3), or channels first (3, 4, 5)", error.Message, StringComparison.Ordinal);
    }

    private static SampleSet Random(params int[] shape) => RandomSamples.Create(new Shape(shape), 1, IntegerType.UInt8, 1);

    private static float[] Outputs(IEnumerable<OutputBatch> batches) => [.. batches.SelectMany(batch => batch.Values.ToArray())];

    private static string Vectors(string name) => Repository.PathOf($"tests/vectors/public/{name}");
}
