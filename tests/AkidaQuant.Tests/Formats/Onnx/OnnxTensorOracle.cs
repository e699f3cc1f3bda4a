using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>All tensors that ONNX Runtime computes in a network.</summary>
internal static class OnnxTensorOracle
{
    /// <summary>Every output of a node of the graph, by name, for samples as the network takes them.</summary>
    public static IReadOnlyDictionary<string, NpyArray> Run(string path, NpyArray samples) => Run(File.ReadAllBytes(path), samples);

    /// <summary>Every output of a node of the graph, by name, for samples as the network takes them.</summary>
    public static IReadOnlyDictionary<string, NpyArray> Run(byte[] content, NpyArray samples)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(content);
        model.Graph.Output.Clear();
        model.Graph.Output.AddRange(model.Graph.Node.SelectMany(node => node.Output).Select(name => new ValueInfoProto { Name = name }));
        using SessionOptions options = new()
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        using InferenceSession session = new(model.ToByteArray(), options);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(
            samples.ToSingles().Values,
            [.. samples.Shape.Select(dimension => (long)dimension)]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [model.Graph.Input[0].Name], [input], session.OutputNames);
        Dictionary<string, NpyArray> tensors = new(StringComparer.Ordinal);
        foreach ((string name, OrtValue value) in session.OutputNames.Zip(outputs))
        {
            OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
            Array data = (OnnxElementType)info.ElementDataType switch
            {
                OnnxElementType.UInt8 => value.GetTensorDataAsSpan<byte>().ToArray(),
                OnnxElementType.Int8 => value.GetTensorDataAsSpan<sbyte>().ToArray(),
                OnnxElementType.Int32 => value.GetTensorDataAsSpan<int>().ToArray(),
                _ => value.GetTensorDataAsSpan<float>().ToArray(),
            };
            tensors.Add(name, new NpyArray(new Shape([.. info.Shape.Select(dimension => (int)dimension)]), data));
        }

        return tensors;
    }
}
