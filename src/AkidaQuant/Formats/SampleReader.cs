using AkidaQuant.Formats.Npz;

namespace AkidaQuant.Formats;

/// <summary>Reads samples and their labels, by the extension of the file (tools.md 7).</summary>
public static class SampleReader
{
    private static readonly string[] SampleNames = ["samples", "inputs", "x", "x_train", "x_test"];
    private static readonly string[] LabelNames = ["labels", "y", "label", "targets", "y_train", "y_test"];

    /// <summary>Reads a <c>.npz</c> or <c>.npy</c> file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">
    /// The array of samples in an archive. Without it: <c>samples</c>, else <c>inputs</c>, <c>x</c>, <c>x_train</c>,
    /// <c>x_test</c>, else the only array that is not labels.
    /// </param>
    /// <param name="labelName">
    /// The array of labels. Without it: <c>y</c> of an <c>x</c>, <c>y_train</c> of an <c>x_train</c> and so on,
    /// else <c>labels</c>, <c>y</c>, <c>label</c> or <c>targets</c>, when there is one.
    /// </param>
    /// <param name="first">The greatest number of samples to read; null for all.</param>
    /// <param name="skip">The number of samples to leave out at the start.</param>
    /// <exception cref="QuantException">
    /// <c>SampleFormatUnknown</c>, <c>ArrayNotFound</c>, <c>ArrayAmbiguous</c>, <c>LabelsInvalid</c>, or what is wrong with the file.
    /// </exception>
    public static SampleSet Read(string path, string? name = null, string? labelName = null, int? first = null, int skip = 0)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        SampleSet samples = extension switch
        {
            ".npz" => ReadArchive(path, name, labelName),
            ".npy" when labelName is null => SampleSet.Create(NpyReader.Read(path), null, null, path),
            ".npy" => throw new QuantException(
                "ArrayNotFound", QuantErrorKind.InvalidArgument, $"The file '{path}' holds a single array, so there are no labels '{labelName}' in it. Put both into a .npz file.", path),
            _ => throw new QuantException(
                "SampleFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The sample file '{path}' has the extension '{extension}'. Samples are read from .npz and .npy files of numpy; save them with numpy.savez(path, samples=..., labels=...).",
                path),
        };
        return skip == 0 && first is null ? samples : samples.Slice(skip, first);
    }

    private static SampleSet ReadArchive(string path, string? name, string? labelName)
    {
        using NpzReader archive = NpzReader.Open(path);
        string samples = name ?? FindSamples(path, archive, labelName);
        string? labels = labelName ?? FindLabels(archive, samples);
        return SampleSet.Create(
            archive.Read(samples), labels is null ? null : ReadLabels(path, labels, archive.Read(labels)), null, path);
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

        List<string> others = [.. archive.Names.Where(known => known != labelName && !LabelNames.Contains(known))];
        return others.Count == 1 ? others[0] : throw new QuantException(
            others.Count == 0 ? "ArrayNotFound" : "ArrayAmbiguous",
            QuantErrorKind.InvalidArgument,
            $"Which array of '{path}' holds the samples is not clear: it holds {string.Join(", ", archive.Names.Select(known => $"'{known}'").DefaultIfEmpty("none"))}. Name it, or call it 'samples'.",
            path);
    }

    private static string? FindLabels(NpzReader archive, string samples)
    {
        // The partner of x_train is y_train; labels of another part would be wrong ones.
        IEnumerable<string> candidates = samples switch
        {
            "x_train" or "x_test" => ["y" + samples[1..]],
            "x" => ["y", "labels", "label", "targets"],
            _ => ["labels", "y", "label", "targets"],
        };
        return candidates.FirstOrDefault(candidate => candidate != samples && archive.Names.Contains(candidate));
    }

    private static int[] ReadLabels(string path, string name, NpyArray labels)
    {
        if (labels.Shape.Rank != 1 && !(labels.Shape.Rank == 2 && labels.Shape[1] == 1))
        {
            throw new QuantException(
                "LabelsInvalid",
                QuantErrorKind.InvalidData,
                $"The labels '{name}' in '{path}' have the shape {labels.Shape}. Labels are one class number a sample; of one-hot labels, save labels.argmax(axis=1).",
                path);
        }

        try
        {
            return labels.ToInt32().Values;
        }
        catch (QuantException e) when (e.Id == "ArrayNotInteger")
        {
            throw new QuantException("LabelsInvalid", QuantErrorKind.InvalidData, $"The labels '{name}' in '{path}' are not class numbers: {e.Message}", path, e);
        }
    }
}
