using System.Text.RegularExpressions;

namespace AkidaQuant.Formats.Samples;

/// <summary>Reads samples from an IDX file, with labels from the file that belongs to it.</summary>
internal static partial class IdxSamples
{
    /// <summary>The samples; images of two dimensions get one channel.</summary>
    public static SampleSet Read(string path, SampleReadOptions options)
    {
        if (options.Name is { } name)
        {
            throw new QuantException(
                "ArrayNotFound",
                QuantErrorKind.InvalidArgument,
                $"The IDX file '{path}' holds a single array, so there is no array '{name}' in it. Leave the name out.",
                path);
        }

        (SampleValues values, int[] dimensions) = IdxFile.ReadSamples(path, options.MemoryLimit, options.Cancellation);
        Shape shape = new(dimensions.Length == 3 ? [.. dimensions[1..], 1] : dimensions[1..]);
        SampleSet samples = SampleSet.Create(values, dimensions[0], shape, null, null, path);
        if (options.LabelName is not null)
        {
            return LabelFile.Apply(samples, path, options);
        }

        return FindLabels(path) is { } labels
            ? samples.WithLabels(LabelArray.Read(labels, "labels", IdxFile.ReadLabels(labels, options.Cancellation)), null, labels)
            : samples;
    }

    /// <summary>The file of labels beside one of images, as MNIST names them, packed or not; null when there is none.</summary>
    private static string? FindLabels(string path)
    {
        string name = Path.GetFileName(path);
        string labels = RankPattern().Replace(ImagesPattern().Replace(name, "labels"), "idx1-");
        if (labels == name || !labels.Contains("labels", StringComparison.Ordinal))
        {
            return null;
        }

        string plain = labels.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? labels[..^3] : labels;
        string folder = Path.GetDirectoryName(path) ?? string.Empty;
        return new[] { labels, plain, plain + ".gz" }.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);
    }

    [GeneratedRegex("images")]
    private static partial Regex ImagesPattern();

    [GeneratedRegex("idx\\d+-")]
    private static partial Regex RankPattern();
}
