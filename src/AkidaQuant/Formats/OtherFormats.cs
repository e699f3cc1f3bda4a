namespace AkidaQuant.Formats;

/// <summary>Says of models in formats that are not read what they are, and how they come into one that is.</summary>
internal static class OtherFormats
{
    private const string FromKeras = "load it in Keras and save it with model.save('name.keras')";
    private const string ToOnnx = "export it to ONNX with python -m tf2onnx.convert";
    private const string FromPyTorch = "load it in PyTorch and export it with torch.onnx.export";

    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.Ordinal)
    {
        [".akq"] = "an Akida model, which Import-AkidaModel reads; give the float or quantized model that it was converted from",
        [".bin"] =
            "a file of weights in a format of its own; load it in the program that wrote it, and save a whole network as .keras or .onnx",
        [".caffemodel"] = "a model of Caffe; convert it to ONNX",
        [".ckpt"] = $"a checkpoint, which has weights without a network; {FromKeras}, or {FromPyTorch}",
        [".index"] =
            "a checkpoint of TensorFlow, which has weights without a network; build the network in Keras, load them with model.load_weights, and save it with model.save('name.keras')",
        [".mlmodel"] = "a model of Core ML; convert the network that it was made from to ONNX",
        [".npz"] = "a file of arrays; a description of a network (.yaml, .json) takes them as its weights",
        [".pb"] = $"a graph of TensorFlow; {ToOnnx}, or where it belongs to a SavedModel, {FromKeras}",
        [".pkl"] = $"an object of Python; {FromPyTorch}, or {FromKeras}",
        [".pt"] = $"a model of PyTorch; {FromPyTorch}",
        [".pth"] = $"a model of PyTorch; {FromPyTorch}",
        [".safetensors"] = $"a file of weights without a network; {FromPyTorch}, or {FromKeras}",
        [".tflite"] = $"a model of TensorFlow Lite; save the Keras model that it was made from, or {ToOnnx} --tflite",
    };

    /// <summary>What a model is and what to do with it, as the end of a sentence; null for one that may be read.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="extension">Its extension in lower case.</param>
    public static string? Advice(string path, string extension)
    {
        if (Directory.Exists(path))
        {
            return File.Exists(Path.Combine(path, "saved_model.pb")) || File.Exists(Path.Combine(path, "keras_metadata.pb"))
                ? $"a folder in the SavedModel format of TensorFlow; {FromKeras}, or {ToOnnx} --saved-model"
                : Directory.EnumerateFiles(path, "*.index").Any()
                    ? "a folder with checkpoints of TensorFlow, which have weights without a network; build the network in Keras, load them with model.load_weights, and save it with model.save('name.keras')"
                    : null;
        }

        string name = Path.GetFileName(path);
        return name == "checkpoint" || name.Contains(".data-0", StringComparison.Ordinal) ? ByExtension[".index"]
            : ByExtension.GetValueOrDefault(extension);
    }
}
