using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Formats;

/// <summary>Reads models of any supported format, told apart by the extension.</summary>
public static class ModelReader
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputShape">The shape of one sample, in the order of the file, for files that leave sizes of it open.</param>
    /// <exception cref="QuantException">
    /// <c>ModelFormatUnknown</c>: the extension is not one that can be read; <c>InputShapeMismatch</c>: the file has another shape;
    /// otherwise what the format's reader reports.
    /// </exception>
    public static Model Read(string path, Shape? inputShape = null) => Read(path, new ModelReadOptions { InputShape = inputShape });

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file leaves open, whom to tell, and when to stop.</param>
    /// <exception cref="QuantException">As for <see cref="Read(string, Shape?)"/>.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static Model Read(string path, ModelReadOptions options)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (OtherFormats.Advice(path, extension) is { } advice)
        {
            throw new QuantException("ModelFormatUnknown", QuantErrorKind.NotSupported, $"The model '{path}' is {advice}.", path);
        }

        return extension switch
        {
            ".h5" or ".hdf5" or ".keras" => WithShape(KerasReader.Read(path, options), path, options),
            ".yaml" or ".yml" or ".json" => NetworkReader.Read(path, NetworkOptions.From(options)),
            ".onnx" => OnnxReader.Read(path, options),
            _ => throw new QuantException(
                "ModelFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The model file '{path}' has the extension '{extension}'. Models are read from Keras files (.h5, .keras), ONNX files (.onnx) and descriptions (.yaml, .json, in PowerShell .psd1); save the model with model.save('name.keras') in Keras, or export it with torch.onnx.export from PyTorch.",
                path),
        };
    }

    private static Model WithShape(Model model, string path, ModelReadOptions options)
    {
        if (options.InputShape is not { } given)
        {
            return model;
        }

        // The shape is given in the order of the file.
        bool isTurned = model.Input is { IsChannelsFirst: true, Form: null };
        Shape declared = model.Input.SampleShape;
        Shape shape = OpenShape.Complete(path, isTurned ? declared.WithLastAxisFirst() : declared, given);
        if (model.InputShape.IsKnown)
        {
            return model;
        }

        shape = isTurned ? shape.WithFirstAxisLast() : shape;

        options.Verbose?.Invoke($"The file leaves sizes of its input {model.InputShape} open; it became {shape}, as was asked for.");
        return model.WithInputShape(shape);
    }
}
