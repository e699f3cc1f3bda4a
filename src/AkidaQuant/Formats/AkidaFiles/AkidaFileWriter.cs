using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>Writes an Akida model as an archive: what it is, its values, its tail, and their checksums (docs/akida-file.md).</summary>
internal sealed class AkidaFileWriter
{
    // A fixed time makes the same model the same file.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CancellationToken _cancellation;
    private readonly byte[] _manifest;
    private readonly List<Action<Action<ReadOnlyMemory<byte>>>> _arrays = [];
    private readonly List<Model> _parts = [];
    private readonly StringBuilder _sums = new();

    /// <summary>Describes a model.</summary>
    /// <exception cref="QuantException">As for <see cref="AkidaFile.Write"/>.</exception>
    public AkidaFileWriter(AkidaModel model, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        string text = PythonJson.ToLine(new OrderedDictionary<string, object?>
        {
            ["format"] = AkidaMembers.Format,
            ["format_version"] = AkidaMembers.Version,
            ["model"] = Describe(model),
            ["tail"] = model.Tail.Select(Describe).ToList(),
        });
        _manifest = Encoding.ASCII.GetBytes(text);
        if (_manifest.Length > AkidaMembers.MostManifest || model.Tail.Count > AkidaMembers.MostParts)
        {
            throw new QuantException(
                "AkidaModelNotStorable",
                QuantErrorKind.NotSupported,
                $"The Akida model '{model.Name}' has {model.Layers.Count} layers and {model.Tail.Count} parts of a tail, whose description is longer than a file takes. Shorten the names of its layers.",
                model);
        }
    }

    /// <summary>Writes the archive.</summary>
    /// <exception cref="QuantException">A part of the tail cannot be stored.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public void Write(Stream stream)
    {
        _sums.Clear();
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, AkidaMembers.Manifest, take => take(_manifest));
        Add(archive, AkidaMembers.Arrays, take => _arrays.ForEach(write => write(take)));
        foreach ((int index, Model part) in _parts.Index())
        {
            using MemoryStream content = new();
            KerasWriter.WriteHdf5(part, content);
            Add(archive, AkidaMembers.Part(index), take => take(content.GetBuffer().AsMemory(0, (int)content.Length)));
        }

        string sums = _sums.ToString();
        Add(archive, AkidaMembers.Sums, take => take(Encoding.ASCII.GetBytes(sums)));
    }

    private void Add(ZipArchive archive, string name, Action<Action<ReadOnlyMemory<byte>>> write)
    {
        // What packers of one version compress to is not what those of the next do, and packed integers hardly become smaller.
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        entry.ExternalAttributes = 0;
        using Stream stream = entry.Open();
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        write(bytes =>
        {
            _cancellation.ThrowIfCancellationRequested();
            stream.Write(bytes.Span);
            sum.AppendData(bytes.Span);
        });
        _sums.Append(Convert.ToHexStringLower(sum.GetHashAndReset())).Append("  ").Append(name).Append('\n');
    }

    private OrderedDictionary<string, object?> Describe(AkidaTailPart part)
    {
        if (part.Akida is { } akida)
        {
            return new OrderedDictionary<string, object?> { ["kind"] = "akida", ["model"] = Describe(akida) };
        }

        _parts.Add(part.Model!);
        return new OrderedDictionary<string, object?> { ["kind"] = "keras", ["file"] = AkidaMembers.Part(_parts.Count - 1) };
    }

    private OrderedDictionary<string, object?> Describe(AkidaModel model) => new()
    {
        ["name"] = Text(model.Name, model),
        ["akida_version"] = (int)model.IpVersion,
        ["takes_channels_first"] = model.TakesChannelsFirst,
        ["form"] = model.Form is { } form ? Describe(form) : null,
        ["layers"] = model.Plan.Steps.Select(step => Describe(step, model)).ToList(),
    };

    private static OrderedDictionary<string, object?> Describe(SampleForm form) => new()
    {
        ["shape"] = form.Shape.ToArray(),
        ["axes"] = form.Axes?.ToArray(),
        ["turned_180"] = form.IsTurned,
        ["less_half_of"] = form.Type?.FileName(),
    };

    private OrderedDictionary<string, object?> Describe(PlanStep<AkidaLayer> step, AkidaModel model)
    {
        _cancellation.ThrowIfCancellationRequested();
        AkidaLayer layer = step.Node;
        layer.Check();
        List<object?> variables = [];
        foreach ((string name, object value) in layer.Variables.Held)
        {
            var array = AkidaArray.Of(name, value, out Action<Action<ReadOnlyMemory<byte>>> write);
            _arrays.Add(write);
            variables.Add(new OrderedDictionary<string, object?>
            {
                ["name"] = Text(name, model),
                ["type"] = array.Type,
                ["shape"] = array.Shape.ToArray(),
                ["stored"] = array.Stored.Name,
                ["diagonal"] = array.IsDiagonal,
            });
        }

        return new OrderedDictionary<string, object?>
        {
            ["class"] = layer.TypeName,
            ["name"] = Text(layer.Name, model),
            ["inbounds"] = layer.Inbounds.ToList(),
            ["parameters"] = Parameters(layer),
            ["variables"] = variables,
            ["state"] = step.Prepared.State.Select(state => state.Shape.ToArray()).ToList(),
        };
    }

    /// <summary>The parameters of a layer, or of what a parameter consists of.</summary>
    internal static OrderedDictionary<string, object?> Parameters(object owner)
    {
        OrderedDictionary<string, object?> parameters = [];
        foreach (LayerParameter parameter in LayerParameters.Of(owner.GetType()))
        {
            parameters[parameter.Name] = parameter.Property.GetValue(owner) switch
            {
                null => null,
                Shape shape => shape.ToArray(),
                (int rows, int columns) => new[] { rows, columns },
                Enum constant => constant.ToString(),
                var value when LayerParameters.IsGroup(value.GetType()) => Parameters(value),
                var value => value,
            };
        }

        return parameters;
    }

    /// <summary>A name, which must be text for others, too.</summary>
    private static string Text(string name, AkidaModel model)
    {
        try
        {
            _ = Files.TreeFile.Utf8.GetByteCount(name);
            return name;
        }
        catch (EncoderFallbackException e)
        {
            throw new QuantException(
                "AkidaModelNotStorable",
                QuantErrorKind.InvalidData,
                $"A name in the Akida model '{model.Name}' is no valid text: '{name}'. Rename it.",
                model,
                e);
        }
    }
}
