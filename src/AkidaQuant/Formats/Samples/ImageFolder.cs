using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Samples;

/// <summary>
/// Reads a folder of images. Sub-folders are classes, numbered in the order of their names; without sub-folders there
/// are no labels but those of a label file. Images are decoded when they are needed.
/// </summary>
internal static class ImageFolder
{
    private const int MaxDepth = 16;
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp"];
    private static readonly EnumerationOptions Flat = new() { IgnoreInaccessible = false };
    private static readonly EnumerationOptions Deep = new()
    {
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
        MaxRecursionDepth = MaxDepth,
    };

    /// <summary>Whether a file is named as an image.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>A single image as a set of one.</summary>
    public static SampleSet ReadFile(string path, SampleReadOptions options) =>
        Create([path], [Path.GetFileName(path)], options, path);

    /// <summary>The images of a folder.</summary>
    /// <exception cref="QuantException">
    /// <c>ImagesMissing</c>, <c>ImageFolderMixed</c>, <c>ImageSizesDiffer</c>, <c>SampleShapeInvalid</c>, or what is wrong with an image.
    /// </exception>
    public static SampleSet Read(string path, SampleReadOptions options)
    {
        List<string> files;
        List<int>? classes;
        string[] folders;
        try
        {
            (files, classes, folders) = Find(path, options.Cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputFile.Unreadable(path, e);
        }

        string[] names = [.. files.Select(file => Path.GetRelativePath(path, file).Replace('\\', '/'))];
        int[]? labels = classes?.ToArray();
        string[]? classNames = classes is null ? null : folders;
        if (options.LabelName is not null)
        {
            string labelFile = options.LabelPath ?? Path.Combine(path, options.LabelName);
            (labels, classNames) = LabelFile.Read(labelFile, files.Count, names, options);
            if (labels.Length != files.Count)
            {
                throw new QuantException(
                    "LabelCountMismatch",
                    QuantErrorKind.InvalidData,
                    $"There are {files.Count} images in '{path}' but {labels.Length} labels in '{labelFile}'. Give one for each image, or lines with a name and a label.",
                    labelFile);
            }
        }

        int skip = Math.Min(options.Skip, files.Count);
        int count = Math.Min(options.First ?? int.MaxValue, files.Count - skip);
        if (count == 0)
        {
            throw new QuantException(
                "SampleSetEmpty",
                QuantErrorKind.InvalidArgument,
                $"No samples remain of the {files.Count} in {path}.",
                path);
        }

        SampleSet samples = Create([.. files.GetRange(skip, count)], names[skip..(skip + count)], options, path);
        return samples.WithLabels(labels?[skip..(skip + count)], classNames);
    }

    private static (List<string> Files, List<int>? Classes, string[] Folders) Find(string path, CancellationToken cancellation)
    {
        string[] loose = Images(path, Flat, cancellation);
        List<string> files = [];
        List<int> classes = [];
        List<string> folders = [];
        foreach (string folder in Directory.GetDirectories(path, "*", Flat).Order(StringComparer.Ordinal))
        {
            string[] images = Images(folder, Deep, cancellation);
            if (images.Length > 0)
            {
                files.AddRange(images);
                classes.AddRange(Enumerable.Repeat(folders.Count, images.Length));
                folders.Add(Path.GetFileName(folder));
            }
        }

        return (loose.Length, files.Count) switch
        {
            (0, 0) => throw new QuantException(
                "ImagesMissing",
                QuantErrorKind.InvalidData,
                $"There are no images in the folder '{path}'. Images are {string.Join(", ", Extensions)} files, in it or in sub-folders that are classes.",
                path),
            (0, _) => (files, classes, [.. folders]),
            (_, 0) => ([.. loose], null, []),
            _ => throw new QuantException(
                "ImageFolderMixed",
                QuantErrorKind.InvalidData,
                $"The folder '{path}' has images of its own and sub-folders with images, so it is not clear which are classes. Move its images into a sub-folder.",
                path),
        };
    }

    private static string[] Images(string folder, EnumerationOptions options, CancellationToken cancellation)
    {
        List<string> images = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*", options))
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsImage(file))
            {
                images.Add(file);
            }
        }

        return [.. images.Order(StringComparer.Ordinal)];
    }

    private static SampleSet Create(string[] files, string[] names, SampleReadOptions options, string path)
    {
        if (options.Name is { } name)
        {
            throw new QuantException(
                "ArrayNotFound",
                QuantErrorKind.InvalidArgument,
                $"Images have no arrays, so there is no '{name}' in '{path}'. Leave the name out.",
                path);
        }

        Shape wanted = options.Shape ?? new Shape(Shape.Unknown, Shape.Unknown, Shape.Unknown);
        wanted = wanted.Rank == 2 ? new Shape([.. wanted, Shape.Unknown]) : wanted;
        if (wanted.Rank != 3 || wanted[2] is not (Shape.Unknown or 1 or 3))
        {
            throw new QuantException(
                "SampleShapeInvalid",
                QuantErrorKind.InvalidArgument,
                $"Images cannot be brought to the shape {options.Shape}. Give height, width and channels: 1 for gray, 3 for red, green and blue.",
                path);
        }

        (int height, int width, int channels) = (wanted[0], wanted[1], wanted[2]);
        bool isGray = true;
        for (int i = 0; i < files.Length; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            ImageHeader header = ImageDecoder.ReadHeader(files[i]);
            isGray &= header.IsGray;
            height = Agree(height, header.Height, wanted[0], names[i], path);
            width = Agree(width, header.Width, wanted[1], names[i], path);
        }

        channels = channels != Shape.Unknown ? channels : isGray ? 1 : 3;
        if ((long)height * width * channels > Array.MaxLength)
        {
            throw new QuantException(
                "SampleShapeInvalid",
                QuantErrorKind.InvalidArgument,
                $"Images of {height} x {width} pixels are too large.",
                path);
        }

        return SampleSet.Create(
            new ImageValues(files, height, width, channels),
            files.Length,
            new Shape(height, width, channels),
            null,
            names,
            path);
    }

    private static int Agree(int known, int found, int wanted, string name, string path) => wanted != Shape.Unknown ? wanted
        : known == Shape.Unknown || known == found ? found
        : throw new QuantException(
            "ImageSizesDiffer",
            QuantErrorKind.InvalidData,
            $"The images in '{path}' have different sizes: '{name}' has {found} pixels where those before have {known}. Give a shape or a model to resize them.",
            path);
}
