using System.Globalization;

namespace AkidaQuant.Layers.Integers;

/// <summary>An activation function as a table of the integers of 11 bits (onnx.md 6.5).</summary>
/// <param name="Input">Brings accumulators to the 11 bits that the table is read with.</param>
/// <param name="Values">What stands for the integers from -1024 to 1023, in ascending order.</param>
public sealed record IntegerTable(IntegerRescaling Input, int[] Values)
{
    /// <summary>The number of entries.</summary>
    public const int EntryCount = 2048;

    /// <summary>The number of entries: <c>table of 2048</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"table of {Values.Length}");

    /// <summary>The integers that the table has entries for.</summary>
    public static ValueRange Keys { get; } = new(-EntryCount / 2, (EntryCount / 2) - 1);
}
