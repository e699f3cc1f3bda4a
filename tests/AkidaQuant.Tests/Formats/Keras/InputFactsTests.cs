using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>What stands beside a model in its file: how its samples become its input, and the scheme that it asks for.</summary>
public sealed class InputFactsTests : TemporaryFolder
{
    private static readonly InputLayer Full = new()
    {
        Name = "in",
        Shape = new Shape(4, 3, 2),
        IsChannelsFirst = true,
        IsFromOnnx = true,
        Form = new SampleForm { Shape = new Shape(3, 2, 4), Axes = [2, 0, 1], IsTurned = true },
        Scheme = new QuantizationParams
        {
            InputType = IntegerType.Int8,
            ActivationBits = 4,
            WeightBits = 5,
            OutputBits = 6,
            InputWeightBits = 7,
            BufferBits = 24,
            LastOutputBits = 3,
            PerTensorActivations = true,
        },
    };

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    [InlineData(".yaml")]
    [InlineData(".json")]
    public void Files_keep_all_of_it(string extension)
    {
        InputLayer[] inputs =
        [
            Full,
            Full with { Form = Full.Form! with { Axes = null, IsTurned = false } },
            Full with { Form = null, Scheme = null, IsChannelsFirst = false },
            Full with { Type = IntegerType.Int8, Form = Full.Form! with { Type = IntegerType.UInt8 } },
        ];
        foreach (InputLayer input in inputs)
        {
            ModelWriter.Write(With(input), PathOf($"model{extension}"), weights: extension is ".yaml" or ".json");
            InputLayer read = ModelReader.Read(PathOf($"model{extension}")).Input;
            AssertSame(input, read);
        }
    }

    [Fact]
    public void Other_processes_get_all_of_it() => AssertSame(Full, ((Model)ObjectBytes.Read(ObjectBytes.Write(With(Full)))!).Input);

    [Fact]
    public void Files_of_which_nothing_is_to_be_said_say_nothing()
    {
        Assert.Null(InputFacts.Of(new InputLayer { Name = "in", Shape = new Shape(4, 3, 2) }));
    }

    [Theory]
    [InlineData("[]", "no dictionary")]
    [InlineData("{", "no JSON")]
    [InlineData("""{"from_onnx": 3}""", "'from_onnx' must be true or false")]
    [InlineData("""{"input_form": 3}""", "'input_form' must be a dictionary")]
    [InlineData("""{"input_form": {"shape": []}}""", "'input_form' must be a dictionary")]
    [InlineData("""{"input_form": {"shape": [4, -3]}}""", "'input_form' must be a dictionary")]
    [InlineData("""{"input_form": {"shape": [4, 3]}}""", "as many values")]
    [InlineData("""{"input_form": {"shape": [0, 3]}}""", "as many values")]
    [InlineData("""{"input_form": {"shape": [2147483647, 2147483647, 2147483647]}}""", "as many values")]
    [InlineData("""{"input_form": {"shape": [24], "axes": [1]}}""", "each once")]
    [InlineData("""{"input_form": {"shape": [24], "axes": "x"}}""", "'axes' must be a list")]
    [InlineData("""{"input_form": {"shape": [24], "turned": 1}}""", "'turned' must be true or false")]
    [InlineData("""{"input_scheme": 3}""", "'input_scheme' must be a dictionary")]
    [InlineData("""{"input_scheme": {"input_dtype": "float"}}""", "'input_dtype' must be an integer type")]
    [InlineData("""{"input_scheme": {"input_dtype": "int8", "weight_bits": 99}}""", "must be from 2 to 16")]
    [InlineData("""{"input_scheme": {"input_dtype": "int8", "weight_bits": "8"}}""", "'weight_bits' must be a number")]
    public void What_no_network_has_is_refused(string facts, string expected)
    {
        QuantException error = Assert.Throws<QuantException>(
            () => InputFacts.ApplyText(With(new InputLayer { Name = "in", Shape = new Shape(4, 3, 2) }), facts, "net.h5"));
        Assert.Equal("InputFactsInvalid", error.Id);
        Assert.Contains("net.h5", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"keras_version": "3.0.0"}""")]
    public void Metadata_that_say_nothing_change_nothing(string metadata)
    {
        Model model = With(Full);
        Assert.Same(model, InputFacts.ApplyMetadata(model, KerasMetadata.Parse(metadata, "net.keras"), "net.keras"));
    }

    [Fact]
    public void Metadata_that_say_something_wrong_are_refused() =>
        Assert.Equal("InputFactsInvalid", IdOf(() =>
            InputFacts.ApplyMetadata(With(Full), KerasMetadata.Parse("""{"akidaquant": 3}""", "net.keras"), "net.keras")));

    [Fact]
    public void A_text_without_end_is_not_read() =>
        Assert.Contains(
            "too long",
            Assert.Throws<QuantException>(() => InputFacts.ApplyText(With(Full), new string(' ', 1 << 17), "net.h5")).Message,
            StringComparison.Ordinal);

    private static Model With(InputLayer input) =>
        new Graph(4, 3, 2).Conv("conv", 3, 2, 2).Build().WithLayers(layer => layer is InputLayer ? input : layer);

    private static void AssertSame(InputLayer expected, InputLayer actual)
    {
        Assert.Equal((expected.IsChannelsFirst, expected.IsFromOnnx), (actual.IsChannelsFirst, actual.IsFromOnnx));
        Assert.Equal(expected.Scheme, actual.Scheme);
        Assert.Equal(expected.Form?.ToString(), actual.Form?.ToString());
    }
}
