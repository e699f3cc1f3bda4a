using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Layers that matter in training only.</summary>
public sealed class TrainingLayerTests
{
    public static TheoryData<string> Classes =>
    [
        .. LayerClasses.Names.Where(name => name.StartsWith("Random", StringComparison.Ordinal) && name != nameof(RandomCrop)),
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "AlphaDropout",
        "GaussianDropout",
        "GaussianNoise",
    ];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Values_pass_whatever_the_class(string className)
    {
        TrainingLayer layer = StoredLayer.Read<TrainingLayer>(className);
        Assert.Equal((className, className), (layer.ClassName, layer.StoredClass));
        LayerRun run = new(layer, 1, new FloatSpec(new Shape(3)));
        Assert.True(run.IsView);
        Assert.Equal([1, -2, 3], run.Floats([1, -2, 3]));
        LayerRun.RefusesIntegers(layer, 3);
    }

    [Fact]
    public void All_arguments_of_a_file_are_written_again()
    {
        TrainingLayer layer = StoredLayer.Read<TrainingLayer>(
            "RandomZoom", ("height_factor", StoredLayer.List(.1, .2)), ("fill_mode", "wrap"), ("trainable", true));
        Assert.Equal(["height_factor", "width_factor", "seed", "fill_mode"], layer.Arguments.Select(argument => argument.Key));
        Assert.Equal("wrap", layer.Arguments.Single(argument => argument.Key == "fill_mode").Value);
        Assert.Equal(.25, StoredLayer.AssertReadBack(StoredLayer.Read<TrainingLayer>("GaussianNoise", ("stddev", .25)))
            .Arguments.First().Value);
        Assert.Contains(LayerClasses.Signature("AlphaDropout")!.Arguments, argument => argument.Name == "rate");
    }
}
