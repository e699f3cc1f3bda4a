namespace AkidaQuant.Geometry;

/// <summary>Rows and columns of padding on each side of an image, none of them negative.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns before.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns behind.</param>
public readonly record struct EdgePads(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Rows above.</summary>
    public int Top { get; init => field = Amount(value); } = Amount(Top);

    /// <summary>Columns before.</summary>
    public int Left { get; init => field = Amount(value); } = Amount(Left);

    /// <summary>Rows below.</summary>
    public int Bottom { get; init => field = Amount(value); } = Amount(Bottom);

    /// <summary>Columns behind.</summary>
    public int Right { get; init => field = Amount(value); } = Amount(Right);

    /// <summary>The amounts in the order of ONNX: top, left, bottom, right.</summary>
    public override string ToString() => $"[{Top}, {Left}, {Bottom}, {Right}]";

    private static int Amount(int value) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "An amount of padding cannot be negative.");
}
