namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>What the type of a quantized node says behind its root (onnx.md 7.1).</summary>
[Flags]
internal enum QuantizedParts
{
    /// <summary>The root alone.</summary>
    None = 0,

    /// <summary>An image is made a row of values first.</summary>
    Flatten = 1,

    /// <summary>There is a bias.</summary>
    Biased = 2,

    /// <summary>There is a maximum pool.</summary>
    MaxPool = 4,

    /// <summary>All positions are summed.</summary>
    GlobalAvgPool = 8,

    /// <summary>A ReLU without upper bound.</summary>
    ReLU = 16,

    /// <summary>A ReLU with an upper bound.</summary>
    ReLUClipped = 32,

    /// <summary>An activation as a table.</summary>
    LUT = 64,

    /// <summary>The output is brought to 8 bits.</summary>
    Scaled = 128,
}

/// <summary>Takes the types of quantized nodes apart (onnx.md 7.1).</summary>
internal static class QuantizedOpType
{
    /// <summary>The places of a type, in order, each with what may stand there.</summary>
    private static readonly QuantizedParts[][] Places =
    [
        [QuantizedParts.Flatten],
        [QuantizedParts.Biased],
        [QuantizedParts.MaxPool, QuantizedParts.GlobalAvgPool],
        [QuantizedParts.ReLUClipped, QuantizedParts.ReLU, QuantizedParts.LUT],
        [QuantizedParts.Scaled],
    ];

    /// <summary>The parts behind the root; null when the type has others, or in another order.</summary>
    public static QuantizedParts? Parse(string rest)
    {
        QuantizedParts parts = QuantizedParts.None;
        foreach (QuantizedParts[] place in Places)
        {
            QuantizedParts found = Array.Find(place, part => rest.StartsWith(part.ToString(), StringComparison.Ordinal));
            if (found != QuantizedParts.None)
            {
                parts |= found;
                rest = rest[found.ToString().Length..];
            }
        }

        return rest.Length == 0 ? parts : null;
    }
}
