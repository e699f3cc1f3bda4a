using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Where samples enter a model.</summary>
public sealed class InputLayerTests
{
    private static readonly InputLayer Plain = new() { Name = "layer", Shape = new Shape(4, 4, 3) };

    [Theory]
    [InlineData(IntegerType.Int8, 7, -128, 127)]
    [InlineData(IntegerType.UInt8, 8, 0, 255)]
    [InlineData(IntegerType.Int16, 15, -32768, 32767)]
    [InlineData(IntegerType.UInt16, 16, 0, 65535)]
    public void Integers_of_a_type_have_its_bits_and_range(IntegerType type, int valueBits, long least, long most)
    {
        InputLayer layer = Plain with { Type = type };
        var spec = Assert.IsType<QuantizedSpec>(layer.Spec(quantized: true));
        Assert.Equal(
            (Plain.Shape, valueBits, ScalarOrVector<int>.Scalar(0), new ValueRange(least, most)),
            (spec.Shape, spec.ValueBits, spec.FracBits, spec.Range));
        Assert.IsType<FloatSpec>(layer.Spec(quantized: false));
        Assert.IsType<FloatSpec>(Plain.Spec(quantized: true));
        Assert.Equal(type, StoredLayer.AssertReadBack(layer).Type);
    }

    [Fact]
    public void It_takes_no_inputs_and_gives_samples()
    {
        Assert.Equal(0, Plain.InputCount);
        LayerRun run = new(Plain, 1, new FloatSpec(Plain.Shape));
        Assert.Equal((true, Plain.Shape), (run.IsView, run.Shape));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        InputLayer layer = Plain with { Shape = new Shape(Shape.Unknown, 3), BatchSize = 5 };
        InputLayer read = StoredLayer.AssertReadBack(layer);
        Assert.Equal((layer.Shape, 5), (read.Shape, read.BatchSize));
        Assert.Equal(new Shape(2, 3), StoredLayer.Read<InputLayer>("InputLayer", ("batch_shape", StoredLayer.List(null, 2L, 3L))).Shape);
    }

    [Fact]
    public void Arguments_without_meaning_are_refused()
    {
        StoredLayer.Refuses("InputLayer", "batch_input_shape", "the shape of the input");
        StoredLayer.Refuses(
            "InputLayer", "batch_input_shape", "the batch and positive dimensions", ("batch_input_shape", StoredLayer.List(null, 0L)));
        StoredLayer.Refuses(
            "InputLayer", "dtype", "an integer type", ("batch_input_shape", StoredLayer.List(null, 2L)), ("dtype", "string"));
    }
}
