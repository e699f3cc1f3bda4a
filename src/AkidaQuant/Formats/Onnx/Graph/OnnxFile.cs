using AkidaQuant.Formats.Files;
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

    private readonly ArrayBudget _budget;
    private readonly HashSet<TensorProto> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _beside = new(StringComparer.Ordinal);

    private OnnxFile(string path, ModelProto model, ArrayBudget budget, CancellationToken cancellation)
    {
        _budget = budget;
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
    /// <param name="path">The file, for errors and for data stored beside it.</param>
    /// <param name="content">Its content.</param>
    /// <param name="maxSize">The most bytes that its tensors may take; null for the default.</param>
    /// <param name="cancellation">Stops the import.</param>
    /// <exception cref="QuantException">
    /// <c>ModelFileDamaged</c>, <c>NotAnOnnxModel</c>, or <c>OnnxOperatorSet</c>: the version of the operators is missing or unknown.
    /// </exception>
    public static OnnxFile Parse(string path, byte[] content, long? maxSize = null, CancellationToken cancellation = default)
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

        OnnxFile file = new(path, model, new ArrayBudget(path, content.Length, maxSize), cancellation);
        if (model.Graph is null || model.Graph.Node.Count == 0)
        {
            throw file.Error("NotAnOnnxModel", "it holds no network: it has no graph with nodes. Export the model with torch.onnx.export");
        }

        file.RequireOperatorSet();
        return file;
    }

    /// <summary>Takes memory for a stored tensor; once, however often it is read.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="bytes">What its values take.</param>
    /// <exception cref="QuantException"><c>ModelTooLarge</c>: the tensors take more than is allowed.</exception>
    public void Take(TensorProto tensor, string name, long bytes)
    {
        if (_taken.Add(tensor))
        {
            _budget.Take(bytes, name);
        }
    }

    /// <summary>Says that tensors lie in a file beside the model, which so may take more.</summary>
    /// <param name="path">That file.</param>
    /// <param name="length">Its bytes.</param>
    public void Widen(string path, long length)
    {
        if (_beside.Add(path))
        {
            _budget.Widen(length);
        }
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
