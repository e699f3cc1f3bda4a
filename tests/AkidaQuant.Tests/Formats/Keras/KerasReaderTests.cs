using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Quantization;

namespace AkidaQuant.Tests.Formats.Keras;

public sealed class KerasReaderTests
{
    private static readonly string Vectors = Repository.PathOf("tests/vectors/keras");

    public static TheoryData<string> Cases() =>
        [.. Directory.EnumerateDirectories(Vectors).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Float_models_have_the_parameters_of_their_summary(string name) => CheckParameters(name, "float.h5", "summary_float.txt");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantized_models_have_the_parameters_of_their_summary(string name) =>
        CheckParameters(name, "quantized.h5", "summary_quantized.txt");

    [Fact]
    public void Sizes_that_a_file_leaves_open_come_from_the_caller()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("akidaquant-").FullName, "open.keras");
        try
        {
            ModelWriter.Write(Small.Chain(Small.Input(null, Shape.Unknown, Shape.Unknown, 3), Small.Convolution("c", 3, 2)), path);
            Assert.False(ModelReader.Read(path).InputShape.IsKnown);
            Assert.Equal(new Shape(6, 8, 3), ModelReader.Read(path, new Shape(6, 8, 3)).InputShape);
            QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(path, new Shape(3, 6, 8)));
            Assert.Equal("InputShapeMismatch", error.Id);
            Assert.Contains("open.keras", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Weights_go_to_the_layers_that_own_them()
    {
        Model model = ModelReader.Read(Path.Combine(Vectors, "tutorial_1_params", "quantized.h5"));
        Assert.False(model.IsSequential);
        Assert.Equal(
            ["input_1", "rescale", "input_conv", "dw_conv", "pw_conv", "relu", "dense", "dequantizer"],
            model.Nodes.Select(node => node.Name));
        Assert.Equal(["dequantizer"], model.Outputs);
        Assert.Equal(new Shape(28, 28, 3), model.InputShape);
        Assert.Equal(IntegerType.UInt8, model.Input.Type);
        Layer convolution = model["input_conv"].Layer;
        Assert.Equal(
            [
                "input_conv/kernel:0",
                "input_conv/bias:0",
                "input_conv/output_quantizer/range_max:0",
                "input_conv/output_quantizer/rescaling_rate:0",
            ],
            convolution.Variables.Select(variable => variable.Name));
        Assert.Equal(new Shape(3, 3, 3, 16), convolution.Variables[0].Value.Shape);
        Assert.Equal(Shape.Scalar, convolution.Variables[2].Value.Shape);
        Assert.Equal(["pw_conv"], model["relu"].Inputs);
    }

    [Fact]
    public void A_sequential_model_has_its_input_layer_once()
    {
        Model model = ModelReader.Read(Repository.PathOf("tests/vectors/formats/sequential.h5"));
        Assert.True(model.IsSequential);
        Assert.Single(model.GraphLayers, layer => layer is InputLayer);
        Assert.IsType<InputLayer>(model.Nodes[0].Layer);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read("nowhere/net.h5"));
        Assert.Equal("FileNotFound", error.Id);
        Assert.Contains("nowhere/net.h5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_extension_says_what_can_be_read()
    {
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read("net.foo"));
        Assert.Equal("ModelFormatUnknown", error.Id);
        Assert.Contains(".h5", error.Message, StringComparison.Ordinal);
    }

    private static void CheckParameters(string name, string file, string summary)
    {
        Model model = ModelReader.Read(Path.Combine(Vectors, name, file));
        string totals = File.ReadLines(Path.Combine(Vectors, name, summary))
            .Single(line => line.StartsWith("Total params: ", StringComparison.Ordinal));
        int expected = int.Parse(totals.Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.Equal(expected, model.GraphLayers.SelectMany(layer => layer.Variables).Sum(variable => variable.Value.Values.Length));
    }
}
