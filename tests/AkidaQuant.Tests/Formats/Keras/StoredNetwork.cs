using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Models;
using PureHDF;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>HDF5 files of a description and arrays, as Keras of some version would write them.</summary>
internal static class StoredNetwork
{
    /// <summary>An input of these sizes, for a functional model.</summary>
    public static string Input(params int[] shape) =>
        $$$"""{"class_name": "InputLayer", "config": {"batch_input_shape": [null, {{{string.Join(", ", shape)}}}], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []}""";

    /// <summary>A layer of a functional model, its configuration without the name.</summary>
    public static string Layer(string className, string name, string config, params string[] inputs) =>
        $$$"""{"class_name": "{{{className}}}", "config": {"name": "{{{name}}}"{{{(config.Length > 0 ? ", " : string.Empty)}}}{{{config}}}}, "name": "{{{name}}}", "inbound_nodes": [[{{{string.Join(", ", inputs.Select(input => $"[\"{input}\", 0, 0, {{}}]"))}}}]]}""";

    /// <summary>A functional model from "in" to a layer.</summary>
    public static string Functional(string output, params string[] layers) =>
        $$$"""{"class_name": "Functional", "config": {"name": "net", "layers": [{{{string.Join(", ", layers)}}}], "input_layers": [["in", 0, 0]], "output_layers": [["{{{output}}}", 0, 0]]}}""";

    /// <summary>A sequential model for inputs of these sizes, its layers as class and configuration.</summary>
    public static string Sequential(int[] shape, params (string ClassName, string Config)[] layers) =>
        $$$"""{"class_name": "Sequential", "config": {"name": "net", "layers": [{"class_name": "InputLayer", "config": {"batch_input_shape": [null, {{{string.Join(", ", shape)}}}], "dtype": "float32", "name": "in"}}, {{{string.Join(", ", layers.Select((layer, i) => $"{{\"class_name\": \"{layer.ClassName}\", \"config\": {{\"name\": \"l{i}\"{(layer.Config.Length > 0 ? ", " : string.Empty)}{layer.Config}}}}}"))}}}]}}""";

    /// <summary>An array.</summary>
    public static H5Dataset Array(int[] shape, params float[] values) =>
        new(values, fileDims: System.Array.ConvertAll(shape, size => (ulong)size));

    /// <summary>The groups of layers with weights.</summary>
    public static H5Group Weights(params (string Layer, H5Dataset[] Values)[] layers)
    {
        H5Group root = new();
        root.Attributes["layer_names"] = layers.Select(layer => layer.Layer).Append("without").ToArray();
        H5Group empty = new();
        empty.Attributes["weight_names"] = System.Array.Empty<double>();
        root["without"] = empty;
        foreach ((string layer, H5Dataset[] values) in layers)
        {
            H5Group group = new();
            group.Attributes["weight_names"] = values.Select((_, i) => $"w{i}").ToArray();
            foreach ((int i, H5Dataset value) in values.Index())
            {
                group[$"w{i}"] = value;
            }

            root[layer] = group;
        }

        return root;
    }

    /// <summary>The model that is read from such a file.</summary>
    public static Model Read(
        string json, H5Group? weights = null, string? version = null, Action<string>? verbose = null, string? backend = null)
    {
        string folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;
        try
        {
            H5File file = new() { ["model_weights"] = weights ?? Weights() };
            file.Attributes["model_config"] = json;
            if (version is not null)
            {
                file.Attributes["keras_version"] = version;
            }

            if (backend is not null)
            {
                file.Attributes["backend"] = backend;
            }

            string path = Path.Combine(folder, "net.h5");
            file.Write(path);
            return ModelReader.Read(path, new ModelReadOptions { Verbose = verbose });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The outputs of one sample.</summary>
    public static float[] Run(Model model, params float[] sample) =>
        Inference.RunAll(model, SampleSet.FromArray(sample, model.Input.SampleShape), cancellation: TestContext.Current.CancellationToken)
            .SelectMany(batch => batch.Values).ToArray();
}
