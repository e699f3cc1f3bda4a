using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The content of an <c>.onnx</c> file, parsed and seen to be a network, with what its errors need to say.</summary>
internal sealed class OnnxFile
{
    /// <summary>The first operator set that there is.</summary>
    private const long OldestOperators = 1;

    /// <summary>Beyond any published operator set by years: a higher number is damage, not progress.</summary>
    private const long NewestOperators = 40;

    private OnnxFile(string path, ModelProto model, CancellationToken cancellation)
    {
        Cancellation = cancellation;
        Path = path;
        Model = model;
    }

    /// <summary>Stops the import: whoever reads stored tensors asks it.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The folder that tensors stored outside the file must lie in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>What it holds.</summary>
    public ModelProto Model { get; }

    /// <summary>The network.</summary>
    public GraphProto Graph => Model.Graph;

    /// <summary>The version of the standard operators.</summary>
    public long OperatorSet => Model.OpsetImport.First(set => OnnxNode.IsStandard(set.Domain)).Version;

    /// <summary>Parses a file.</summary>
    /// <exception cref="QuantException">
    /// <c>ModelFileDamaged</c>, <c>NotAnOnnxModel</c>, or <c>OnnxOperatorSet</c>: the version of the operators is missing or unknown.
    /// </exception>
    public static OnnxFile Parse(string path, byte[] content, CancellationToken cancellation = default)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new QuantException(
                "ModelFileDamaged",
                QuantErrorKind.InvalidData,
                $"The model file '{path}' is damaged: its content is not that of an ONNX file. Export the model again.",
                path,
                e);
        }

        OnnxFile file = new(path, model, cancellation);
        if (model.Graph is null || model.Graph.Node.Count == 0)
        {
            throw file.Error("NotAnOnnxModel", "it holds no network: it has no graph with nodes. Export the model with torch.onnx.export");
        }

        file.RequireOperatorSet();
        return file;
    }

    /// <summary>An error about the file; <paramref name="problem"/> says what was found and what to do, without a final stop.</summary>
    public QuantException Error(string id, string problem, QuantErrorKind kind = QuantErrorKind.InvalidData, Exception? inner = null) =>
        new(id, kind, $"The model file '{Path}' cannot be imported: {problem}.", Path, inner);

    private void RequireOperatorSet()
    {
        List<long> versions = [.. Model.OpsetImport.Where(set => OnnxNode.IsStandard(set.Domain)).Select(set => set.Version).Distinct()];
        if (versions is not [>= OldestOperators and <= NewestOperators])
        {
            throw Error(
                "OnnxOperatorSet",
                versions.Count == 0
                    ? "it doesn't say which version of the ONNX operators it uses. Export the model again"
                    : $"it says that it uses version {string.Join(" and ", versions)} of the ONNX operators, and one version from {OldestOperators} on is needed. Export the model again with opset_version 13 or later"
            );
        }
    }
}
