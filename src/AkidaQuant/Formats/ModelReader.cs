using AkidaQuant.Formats.Keras;
using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Formats;

/// <summary>Reads models of any supported format, told apart by the extension.</summary>
public static class ModelReader
{
    /// <summary>Reads a model.</summary>
    /// <exception cref="QuantException">
    /// <c>ModelFormatUnknown</c>: the extension is not one that can be read; otherwise what the format's reader reports.
    /// </exception>
    public static Model Read(string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension switch
        {
            ".h5" or ".hdf5" or ".keras" => KerasReader.Read(path),
            ".onnx" => OnnxReader.Read(path),
            _ => throw new QuantException(
                "ModelFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The model file '{path}' has the extension '{extension}'. Models are read from Keras files (.h5, .keras) and ONNX files (.onnx); save the model with model.save('name.keras') in Keras, or export it with torch.onnx.export from PyTorch.",
                path),
        };
    }
}
