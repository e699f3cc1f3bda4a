using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>The keys of a network's description, beside those of its layers.</summary>
internal static class DescriptionKeys
{
    /// <summary>The name of the model.</summary>
    public const string Name = "name";

    /// <summary>Whether it is a sequential model.</summary>
    public const string Sequential = "sequential";

    /// <summary>The shape of one sample, channels last.</summary>
    public const string InputShape = "input_shape";

    /// <summary>The type of the samples.</summary>
    public const string InputType = "input_type";

    /// <summary>The name of the input layer.</summary>
    public const string InputName = "input_name";

    /// <summary>Whether samples come with their channels first.</summary>
    public const string InputLayout = "input_layout";

    /// <summary>The samples that are run at once, where that is fixed.</summary>
    public const string BatchSize = "batch_size";

    /// <summary>How the samples of callers become the input, where a repair made these differ.</summary>
    public const string InputForm = InputFacts.Form;

    /// <summary>The scheme to quantize with where none is given.</summary>
    public const string InputScheme = InputFacts.Scheme;

    /// <summary>Whether the network was imported from an ONNX file.</summary>
    public const string FromOnnx = InputFacts.FromOnnx;

    /// <summary>The seed of new weights.</summary>
    public const string Seed = "seed";

    /// <summary>The file of the weights.</summary>
    public const string Weights = "weights";

    /// <summary>The layers.</summary>
    public const string Layers = "layers";

    /// <summary>The layer whose output the model gives.</summary>
    public const string Outputs = "outputs";

    /// <summary>The keys that describe the input.</summary>
    public static IReadOnlyList<string> OfInput { get; } =
        [InputShape, InputType, InputName, InputLayout, BatchSize, InputForm, InputScheme, FromOnnx];

    /// <summary>All keys, in the order of files.</summary>
    public static IReadOnlyList<string> All { get; } = [Name, Sequential, .. OfInput, Seed, Weights, Layers, Outputs];
}
