using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Brings the classes and arguments of Keras 1 into those of Keras 2, which changed their names in 2017.</summary>
internal static class Keras1Forms
{
    private const string Ordering = "dim_ordering";

    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["AtrousConvolution2D"] = "Conv2D",
        ["Convolution1D"] = "Conv1D",
        ["Convolution2D"] = "Conv2D",
        ["Deconvolution2D"] = "Conv2DTranspose",
        ["SeparableConvolution2D"] = "SeparableConv2D",
    };

    private static readonly Dictionary<string, string> Arguments = new(StringComparer.Ordinal)
    {
        ["W_constraint"] = "kernel_constraint",
        ["W_regularizer"] = "kernel_regularizer",
        ["atrous_rate"] = "dilation_rate",
        ["b_constraint"] = "bias_constraint",
        ["b_regularizer"] = "bias_regularizer",
        ["beta_init"] = "beta_initializer",
        ["bias"] = "use_bias",
        ["border_mode"] = "padding",
        ["filter_length"] = "kernel_size",
        ["gamma_init"] = "gamma_initializer",
        ["init"] = "kernel_initializer",
        ["input_dtype"] = "dtype",
        ["nb_filter"] = "filters",
        ["output_dim"] = "units",
        ["pool_length"] = "pool_size",
        ["stride"] = "strides",
        ["subsample"] = "strides",
        ["subsample_length"] = "strides",
    };

    /// <summary>The classes that the one class of Keras 1 for several inputs became, by what it does.</summary>
    private static readonly Dictionary<string, string> Merges = new(StringComparer.Ordinal)
    {
        ["ave"] = "Average",
        ["concat"] = "Concatenate",
        ["max"] = "Maximum",
        ["mul"] = "Multiply",
        ["sum"] = "Add",
    };

    /// <summary>Whether a layer is one of Keras 1, by names that no later version has.</summary>
    public static bool Has(string className, IReadOnlyDictionary<string, object?> arguments) =>
        Classes.ContainsKey(className) || className == "Merge" || arguments.ContainsKey(Ordering)
        || (className == "Dense" && arguments.ContainsKey("output_dim")) || (className == "Dropout" && arguments.ContainsKey("p"))
        || (className == "BatchNormalization" && arguments.ContainsKey("mode"));

    /// <summary>The class and the arguments that Keras 2 has for a layer; null where it has none, or holds weights another way.</summary>
    public static (string ClassName, IReadOnlyDictionary<string, object?> Arguments)? Translate(
        string className, IReadOnlyDictionary<string, object?> arguments)
    {
        // Kernels of the order of Theano are stored otherwise, and turned or not by what trained them, which the files do not say.
        bool hasKernel = Classes.ContainsKey(className);
        if (className is "Convolution1D" or "Deconvolution2D" || (className == "BatchNormalization" && !IsZero("mode"))
            || (hasKernel && arguments.GetValueOrDefault(Ordering) is "th"))
        {
            return null;
        }

        if (className == "Merge")
        {
            return Merged(arguments);
        }

        PythonMap result = [];
        foreach ((string key, object? value) in arguments)
        {
            switch (key)
            {
                case Ordering:
                    result["data_format"] = value is "th" ? "channels_first" : "channels_last";
                    break;
                case "nb_row" or "nb_col":
                    result["kernel_size"] = new object?[] { arguments.GetValueOrDefault("nb_row"), arguments.GetValueOrDefault("nb_col") };
                    break;
                case "p" when className == "Dropout":
                    result["rate"] = value;
                    break;
                case "mode" when className == "BatchNormalization":
                    break;
                default:
                    result[Arguments.GetValueOrDefault(key, key)] = value;
                    break;
            }
        }

        return (Classes.GetValueOrDefault(className, className), result);

        bool IsZero(string key) => arguments.GetValueOrDefault(key) is null or 0L;
    }

    /// <summary>A merge of layers that feed it; one that holds models has no other form.</summary>
    private static (string ClassName, IReadOnlyDictionary<string, object?> Arguments)? Merged(
        IReadOnlyDictionary<string, object?> arguments) =>
        !arguments.ContainsKey("layers") && arguments.GetValueOrDefault("mode") is string mode
            && Merges.TryGetValue(mode, out string? merged)
            ? (merged, new PythonMap
            {
                ["name"] = arguments.GetValueOrDefault("name"),
                ["axis"] = arguments.GetValueOrDefault("concat_axis") ?? -1L,
            })
            : null;

    /// <summary>The error for a layer that only Keras itself can bring into a form that is read.</summary>
    public static QuantException NotSupported(string path, string name, string className) => new(
        "Keras1NotSupported",
        QuantErrorKind.NotSupported,
        $"The file '{path}' was written by Keras 1, and its layer '{name}' ({className}) holds what later versions store otherwise. Load the file in Keras 2 (pip install keras==2.3.1 tensorflow==2.2) and save it with model.save('name.h5').",
        name);
}
