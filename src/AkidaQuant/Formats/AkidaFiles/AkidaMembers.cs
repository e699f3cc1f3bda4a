namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>What a file of an Akida model is made of, and how large that may be (docs/akida-file.md).</summary>
internal static class AkidaMembers
{
    /// <summary>The member that says what the model is.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>The member with the values of all variables.</summary>
    public const string Arrays = "arrays.bin";

    /// <summary>The member with the checksums of all others.</summary>
    public const string Sums = "SHA256SUMS";

    /// <summary>What a manifest begins with.</summary>
    public const string Format = "AkidaQuant Akida model";

    /// <summary>The version of the format that is written, and the newest that is read.</summary>
    public const int Version = 1;

    /// <summary>The most bytes of a manifest.</summary>
    public const int MostManifest = 16 << 20;

    /// <summary>The most bytes of the checksums.</summary>
    public const int MostSums = 1 << 16;

    /// <summary>The most layers of a model.</summary>
    public const int MostLayers = 1 << 14;

    /// <summary>The most characters of the name of a model.</summary>
    public const int MostName = 1 << 12;

    /// <summary>The most parts of a tail.</summary>
    public const int MostParts = 256;

    /// <summary>The member with a part of the tail.</summary>
    public static string Part(int index) => FormattableString.Invariant($"tail/{index}.h5");
}
