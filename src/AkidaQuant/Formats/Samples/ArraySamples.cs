using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Text;
using Microsoft.Win32.SafeHandles;

namespace AkidaQuant.Formats.Samples;

/// <summary>Reads samples from the arrays of numpy: small ones into memory, large ones by the batch (tools.md 7).</summary>
internal static class ArraySamples
{
    /// <summary>The array of samples that is looked for first.</summary>
    public const string SamplesArray = "samples";

    /// <summary>The array of texts that name each sample.</summary>
    public const string NamesArray = "names";

    /// <summary>The array of texts that name each class.</summary>
    public const string ClassesArray = "classes";

    private static readonly string[] SampleNames = [SamplesArray, "inputs", "x", "x_train", "x_test"];

    /// <summary>The samples of a <c>.npy</c> file.</summary>
    public static SampleSet ReadArray(string path, SampleReadOptions options)
    {
        if (options.Name is { } name)
        {
            throw NotNamed(path, name);
        }

        SampleSet samples;
        using (FileStream stream = InputFile.Open(path, options.Cancellation))
        {
            samples = stream.Length <= options.MemoryLimit
                ? NpyReader.Read(stream, stream.Length, path, path).ToSamples(path)
                : Stream(path, path, Open(path), 0, stream.Length) ?? NpyReader.Read(path, options.Cancellation).ToSamples(path);
        }

        return options.LabelName is null ? samples : LabelFile.Apply(samples, path, options);
    }

    /// <summary>The samples of a <c>.npz</c> file.</summary>
    public static SampleSet ReadArchive(string path, SampleReadOptions options)
    {
        using NpzReader archive = NpzReader.Open(path, options.Cancellation);
        string? labels = options.LabelName;
        bool isFile = labels is not null && !archive.Names.Contains(labels) && options.LabelPath is not null;
        string name = options.Name ?? FindSamples(path, archive, labels);
        SampleSet samples = Read(path, archive, name, options.MemoryLimit);
        samples = archive.FindTexts(NamesArray, samples.Count) is { } names ? samples.WithNames(names) : samples;
        if (isFile)
        {
            return LabelFile.Apply(samples, path, options);
        }

        labels ??= LabelArray.Partner(archive.Names, name);
        string[]? classes = archive.FindTexts(ClassesArray, null);
        return labels is null && classes is null
            ? samples
            : samples.WithLabels(labels is null ? null : LabelArray.Read(path, labels, archive.Read(labels)), classes);
    }

    /// <summary>The arrays of a <c>.npz</c> file.</summary>
    public static IReadOnlyList<string> Names(string path)
    {
        using NpzReader archive = NpzReader.Open(path);
        return [.. archive.Names];
    }

    private static SampleSet Read(string path, NpzReader archive, string name, long memoryLimit)
    {
        long length = archive.Length(name);
        SampleSet? samples = null;
        if (length > memoryLimit)
        {
            long start = archive.FindStored(name);
            samples = start >= 0
                ? Stream(path, archive.Describe(name), Open(path), start, length)
                : Unpack(path, archive, name, length);
        }

        return samples ?? archive.Read(name).ToSamples(path);
    }

    private static SampleSet? Unpack(string path, NpzReader archive, string name, long length)
    {
        try
        {
            using Stream packed = archive.OpenArray(name);
            (SafeFileHandle handle, long unpacked) = TemporaryFile.Unpack(packed, length, path);
            return Stream(path, archive.Describe(name), handle, 0, unpacked);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw NpyReader.Damaged(archive.Describe(name), path, e);
        }
    }

    /// <summary>Samples that stay in the file; null when their order or type needs them in memory.</summary>
    private static SampleSet? Stream(string path, string what, SafeFileHandle handle, long start, long length)
    {
        try
        {
            byte[] first = new byte[Math.Min(length, NpyHeader.MaxLength)];
            int read = RandomAccess.Read(handle, first, start);
            NpyHeader header = NpyHeader.Read(new MemoryStream(first, 0, read));
            _ = NpyReader.CountElements(header, length);
            if (
                header is { IsFortranOrder: true, Dimensions.Length: > 1 } or { Dimensions.Length: 0 }
                || FileValues.Create(new FileRegion(path, handle, start + header.Length, header.IsBigEndian), header.Type.Name)
                    is not { } values)
            {
                handle.Dispose();
                return null;
            }

            return SampleSet.Create(values, header.Dimensions[0], new Shape(header.Dimensions[1..]), null, null, path);
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            handle.Dispose();
            throw NpyReader.Damaged(what, path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            handle.Dispose();
            throw InputFile.Unreadable(path, e);
        }
    }

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputFile.Unreadable(path, e);
        }
    }

    private static string FindSamples(string path, NpzReader archive, string? labelName)
    {
        foreach (string candidate in SampleNames)
        {
            if (archive.Names.Contains(candidate) && candidate != labelName)
            {
                return candidate;
            }
        }

        List<string> others = [.. archive.Names.Where(known => known != labelName && !LabelArray.UsualNames.Contains(known))];
        return others.Count == 1
            ? others[0]
            : throw new QuantException(
                others.Count == 0 ? "ArrayNotFound" : "ArrayAmbiguous",
                QuantErrorKind.InvalidArgument,
                $"Which array of '{path}' holds the samples is not clear: it holds {Listing.Of(archive.Names.Select(known => $"'{known}'").DefaultIfEmpty("none"))}. Name it, or call it 'samples'.",
                path);
    }

    private static QuantException NotNamed(string path, string name) =>
        new(
            "ArrayNotFound",
            QuantErrorKind.InvalidArgument,
            $"The file '{path}' holds a single array, so there is no array '{name}' in it. Leave the name out.",
            path);
}
