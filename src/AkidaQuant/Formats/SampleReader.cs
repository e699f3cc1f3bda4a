using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Formats;

/// <summary>Reads samples and their labels: arrays of numpy (tools.md 7), IDX files, images and tables.</summary>
public static class SampleReader
{
    /// <summary>Reads samples as they are.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="name">The array of samples in an archive, found by its usual names without it.</param>
    /// <param name="labelName">The array or column of labels, found by its usual names without it.</param>
    /// <param name="first">The greatest number of samples to read; null for all.</param>
    /// <param name="skip">The number of samples to leave out at the start.</param>
    /// <exception cref="QuantException">As for <see cref="Read(string, SampleReadOptions)"/>.</exception>
    public static SampleSet Read(string path, string? name = null, string? labelName = null, int? first = null, int skip = 0) =>
        Read(path, new SampleReadOptions { Name = name, LabelName = labelName, First = first, Skip = skip });

    /// <summary>Reads samples from a <c>.npz</c>, <c>.npy</c>, IDX or <c>.csv</c> file, an image or a folder of images.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What to read of it, and how.</param>
    /// <exception cref="QuantException">
    /// <c>SampleFormatUnknown</c>, <c>ArrayNotFound</c>, <c>ArrayAmbiguous</c>, <c>LabelsInvalid</c>, <c>LabelFileInvalid</c>,
    /// <c>LabelCountMismatch</c>, <c>SampleShapeInvalid</c>, <c>SampleSetEmpty</c>, or what is wrong with the file:
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>ArrayFileDamaged</c>, <c>IdxFileDamaged</c>, <c>TableInvalid</c>,
    /// <c>ImageDamaged</c>, <c>ImageTooLarge</c>, <c>ImageSizesDiffer</c>.
    /// </exception>
    public static SampleSet Read(string path, SampleReadOptions options)
    {
        if (Directory.Exists(path))
        {
            return ImageFolder.Read(path, options);
        }

        string extension = Path.GetExtension(path).ToLowerInvariant();
        SampleSet samples = extension switch
        {
            ".npz" => ArraySamples.ReadArchive(path, options),
            ".npy" => ArraySamples.ReadArray(path, options),
            ".csv" or ".tsv" => TableSamples.Read(path, options),
            _ when ImageFolder.IsImage(path) => ImageFolder.ReadFile(path, options),
            _ when IdxFile.IsNamed(path) => IdxSamples.Read(path, options),
            _ => throw new QuantException(
                "SampleFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The sample file '{path}' has the extension '{extension}'. Samples are read from .npz, .npy, .csv, .tsv and IDX files (-idx3-ubyte, also .gz), .png, .jpg and .bmp images and folders of them; numpy saves them with numpy.savez(path, samples=..., labels=...).",
                path),
        };
        if (options.Shape is { IsKnown: true } shape && samples.SampleShape != shape)
        {
            samples = Seen(samples, shape, options.MayBeChannelsFirst);
        }

        return options.Skip == 0 && options.First is null ? samples : samples.Slice(options.Skip, options.First);
    }

    /// <summary>Arrays of a network from PyTorch keep their channels first, and rows count that way.</summary>
    private static SampleSet Seen(SampleSet samples, Shape shape, bool mayBeChannelsFirst)
    {
        Shape first = mayBeChannelsFirst ? shape.WithLastAxisFirst() : shape;
        return samples.SampleShape == first ? samples : samples.Reshape(samples.SampleShape.Rank == 1 ? first : shape);
    }

    /// <summary>The names that a file has to offer: the arrays of a <c>.npz</c> archive, the first line of a table.</summary>
    /// <exception cref="QuantException">What is wrong with the file.</exception>
    public static IReadOnlyList<string> Names(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".npz" => ArraySamples.Names(path),
        ".csv" or ".tsv" => TableSamples.Names(path),
        _ => [],
    };
}
