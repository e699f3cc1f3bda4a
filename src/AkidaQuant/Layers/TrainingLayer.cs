using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// A layer that adds noise to values, drops them or changes images in training, and leaves them as they are otherwise. One record serves
/// all classes of that kind: they differ by their names and by arguments that have no meaning here.
/// </summary>
[LayerClass("SpatialDropout1D")]
[LayerClass("SpatialDropout2D")]
[LayerClass("SpatialDropout3D")]
[LayerClass("AlphaDropout")]
[LayerClass("GaussianDropout")]
[LayerClass("GaussianNoise")]
[LayerClass("RandomBrightness")]
[LayerClass("RandomColorDegeneration")]
[LayerClass("RandomColorJitter")]
[LayerClass("RandomContrast")]
[LayerClass("RandomElasticTransform")]
[LayerClass("RandomErasing")]
[LayerClass("RandomFlip")]
[LayerClass("RandomGaussianBlur")]
[LayerClass("RandomGrayscale")]
[LayerClass("RandomHeight")]
[LayerClass("RandomHue")]
[LayerClass("RandomInvert")]
[LayerClass("RandomPerspective")]
[LayerClass("RandomPosterization")]
[LayerClass("RandomRotation")]
[LayerClass("RandomSaturation")]
[LayerClass("RandomSharpness")]
[LayerClass("RandomShear")]
[LayerClass("RandomTranslation")]
[LayerClass("RandomWidth")]
[LayerClass("RandomZoom")]
public sealed record TrainingLayer : Layer
{
    /// <summary>The arguments of the classes that have one which must be given, and those that people set most.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["SpatialDropout1D"] = [RateKey],
        ["SpatialDropout2D"] = [RateKey],
        ["SpatialDropout3D"] = [RateKey],
        ["AlphaDropout"] = [RateKey],
        ["GaussianDropout"] = [RateKey],
        ["GaussianNoise"] = ["stddev"],
        ["RandomFlip"] = ["mode"],
        ["RandomTranslation"] = ["height_factor", "width_factor"],
        ["RandomZoom"] = ["height_factor", "width_factor"],
        ["RandomShear"] = ["x_factor", "y_factor"],
    };

    private const string RateKey = "rate";

    private const string FactorKey = "factor";

    /// <summary>The class in files, such as <c>GaussianNoise</c>.</summary>
    public required string Class { get; init; }

    /// <inheritdoc/>
    public override string ClassName => Class;

    /// <inheritdoc/>
    public override string StoredClass => Class;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        .. Own(Class).Concat(StoredArguments.Keys.Where(key => !Own(Class).Contains(key) && !IsCommon(key))).Select(key => Kept(key)),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="className">The class in files.</param>
    public static TrainingLayer Read(LayerArguments arguments, string className)
    {
        foreach (string key in Own(className))
        {
            _ = arguments[key];
        }

        return new TrainingLayer { Name = arguments.Name, Class = className };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => PreparedLayer.View(FloatInput(inputs));

    private static string[] Own(string className) => [.. Known.GetValueOrDefault(className, [FactorKey]), "seed"];

    /// <summary>Whether an argument is one that layers of every class have, which files write by themselves.</summary>
    private static bool IsCommon(string key) => key is "name" or "trainable" or "dtype" or "batch_input_shape";
}
