using System.Text.Json;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>
/// Makes the model that an archive holds: reads what it is, then its values, and when all of these have their checksums, the layers, which
/// are planned at once, so that nothing wrong is left for later.
/// </summary>
internal sealed class AkidaFileReader(AkidaArchive archive, ModelReadOptions options)
{
    private readonly List<(AkidaArray Array, AkidaVariables Variables)> _arrays = [];

    private string Path => archive.Path;

    /// <summary>Reads the model.</summary>
    /// <exception cref="QuantException">As for <see cref="AkidaFile.Read"/>.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public AkidaModel Read()
    {
        ManifestMap manifest = ReadManifest();
        ModelManifest model = ModelManifest.Read(manifest, "model", this);
        (ModelManifest? Akida, string? File)[] parts = [.. Parts(manifest)];
        ReadArrays();
        return Make(model) is var front && parts.Length == 0 ? front : WithTail(front, [.. parts.Select(Part)]);
    }

    /// <summary>Takes memory for a variable, which is read when all are known.</summary>
    /// <exception cref="QuantException"><c>ModelTooLarge</c>.</exception>
    public void Expect(AkidaArray array, AkidaVariables variables)
    {
        archive.Budget.Take(array.Bytes, array.Name);
        _arrays.Add((array, variables));
    }

    private ManifestMap ReadManifest()
    {
        PythonMap map;
        try
        {
            map = PythonJsonReader.Parse(archive.ReadText(AkidaMembers.Manifest), options.Cancellation) as PythonMap
                ?? throw ManifestMap.Invalid(Path, $"its '{AkidaMembers.Manifest}' is no dictionary");
        }
        catch (JsonException e)
        {
            throw ManifestMap.Invalid(Path, $"its '{AkidaMembers.Manifest}' is not valid JSON{PythonJsonReader.Problem(e)}", e);
        }
        catch (FormatException e)
        {
            throw ManifestMap.Invalid(Path, $"in its '{AkidaMembers.Manifest}' {e.Message}", e);
        }

        if (map.GetValueOrDefault("format") is not AkidaMembers.Format)
        {
            throw ManifestMap.Invalid(Path, $"its '{AkidaMembers.Manifest}' does not say that it is '{AkidaMembers.Format}'");
        }

        return map.GetValueOrDefault("format_version") switch
        {
            (long)AkidaMembers.Version => ManifestMap.Of(
                Path, $"its '{AkidaMembers.Manifest}'", map, "format", "format_version", "model", "tail"),
            > (long)AkidaMembers.Version and var version => throw new QuantException(
                "AkidaFileNewer",
                QuantErrorKind.NotSupported,
                FormattableString.Invariant(
                    $"The file '{Path}' is of version {version} of its format, and this version of AkidaQuant reads up to {AkidaMembers.Version}. Read it with a newer AkidaQuant, or write it again with this one."),
                Path),
            var version => throw ManifestMap.Invalid(
                Path, $"its 'format_version' is {PythonJson.ToLine(version)}, and versions are whole numbers from 1 on"),
        };
    }

    private IEnumerable<(ModelManifest? Akida, string? File)> Parts(ManifestMap manifest)
    {
        PythonList tail = manifest.List("tail");
        if (tail.Count > AkidaMembers.MostParts)
        {
            throw manifest.Invalid($"has a tail of {tail.Count} parts, and at most {AkidaMembers.MostParts} are read");
        }

        foreach ((int index, object? value) in tail.Index())
        {
            var part = ManifestMap.Of(Path, FormattableString.Invariant($"part {index} of its tail"), value, "kind", "model", "file");
            yield return part.Text("kind") switch
            {
                "akida" => (ModelManifest.Read(part, "model", this), null),
                "keras" => (null, part.Text("file")),
                var kind => throw part.Invalid($"is of the unknown kind '{kind}'"),
            };
        }
    }

    private void ReadArrays() => archive.Read(AkidaMembers.Arrays, fill =>
    {
        foreach ((AkidaArray array, AkidaVariables variables) in _arrays)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            array.Read(variables, fill);
        }
    });

    private AkidaTailPart Part((ModelManifest? Akida, string? File) part)
    {
        if (part.Akida is { } akida)
        {
            AkidaModel model = Make(akida);
            return Checked(() => new AkidaTailPart(model));
        }

        // Keras files have guards of their own, and what theirs takes is taken of what is left.
        string member = part.File!;
        byte[] content = archive.ReadBytes(member);
        Model read = KerasReader.Read(
            $"{Path}: {member}",
            content,
            new ModelReadOptions { MaxSize = archive.Budget.Left, Cancellation = options.Cancellation });
        foreach (Layers.Layer layer in read.GraphLayers)
        {
            archive.Budget.Take(layer.Variables.Sum(variable => (long)variable.Value.Shape.Size * sizeof(float)), layer.Name);
        }

        return Checked(() => new AkidaTailPart(read));
    }

    private AkidaModel WithTail(AkidaModel front, IReadOnlyList<AkidaTailPart> parts) => Checked(() =>
    {
        Shape given = front.Plan.Output.Shape;
        foreach (AkidaTailPart part in parts)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (part.InputShape.Size != given.Size)
            {
                throw ManifestMap.Invalid(Path, $"the part '{part.Name}' of its tail takes {part.InputShape}, but gets {given}");
            }

            given = part.OutputShape;
        }

        return front.WithTail([.. parts]);
    });

    private AkidaModel Make(ModelManifest manifest) => Checked(() =>
    {
        IReadOnlyList<AkidaLayer> layers = manifest.Layers;
        foreach (AkidaLayer layer in layers)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            layer.Check();
        }

        LayerLimits.Take(archive.Budget, layers);
        AkidaModel model = new(manifest.Name, manifest.Version, layers)
        {
            TakesChannelsFirst = manifest.TakesChannelsFirst,
            Form = manifest.Form,
        };
        model.Form?.Require(model.InputShape, model.Name);
        manifest.RequireStates(model.Plan);
        return model;
    });

    /// <summary>What is wrong with a layer is said with the file; what layers did not expect of a file is an error of it, too.</summary>
    private T Checked<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (QuantException e) when (!e.Message.Contains(Printable.Of(Path), StringComparison.Ordinal))
        {
            throw new QuantException(
                e.Id, e.Kind, $"{e.Message} The model is that of the file '{Path}': write it again with Export-AkidaModel.", e.Target, e);
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentException or InvalidOperationException or IndexOutOfRangeException
            or InvalidCastException or NotSupportedException or NullReferenceException or KeyNotFoundException)
        {
            throw ManifestMap.Invalid(Path, "the sizes of its layers do not go together", e);
        }
    }
}
