using AkidaQuant.Formats.Npz;

namespace AkidaQuant.Formats.Samples;

/// <summary>Labels that are arrays of class numbers.</summary>
internal static class LabelArray
{
    /// <summary>The names that labels usually have.</summary>
    public static IReadOnlyList<string> UsualNames { get; } = ["labels", "y", "label", "targets", "y_train", "y_test"];

    /// <summary>The array of labels that belongs to one of samples; null when there is none.</summary>
    public static string? Partner(IReadOnlyList<string> names, string samples)
    {
        // The partner of x_train is y_train; labels of another part would be wrong ones.
        IEnumerable<string> candidates = samples switch
        {
            "x_train" or "x_test" => ["y" + samples[1..]],
            "x" => ["y", "labels", "label", "targets"],
            _ => ["labels", "y", "label", "targets"],
        };
        return candidates.FirstOrDefault(candidate => candidate != samples && names.Contains(candidate));
    }

    /// <summary>One class number a sample.</summary>
    /// <exception cref="QuantException"><c>LabelsInvalid</c>: they are something else.</exception>
    public static int[] Read(string path, string name, NpyArray labels)
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
            throw new QuantException(
                "LabelsInvalid",
                QuantErrorKind.InvalidData,
                $"The labels '{name}' in '{path}' are not class numbers: {e.Message}",
                path,
                e);
        }
    }
}
