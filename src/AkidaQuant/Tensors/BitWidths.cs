using System.Globalization;

namespace AkidaQuant.Tensors;

/// <summary>How many bits the weights and activations of a model have, and what they take.</summary>
internal static class BitWidths
{
    /// <summary>Both with a stroke between, as <c>8/8</c>, or <c>4-8/4</c> where layers differ; <c>-</c> stands for none.</summary>
    /// <param name="weights">Bits of the weights, layer by layer.</param>
    /// <param name="activations">Bits of the outputs, layer by layer.</param>
    public static string Text(IEnumerable<int?> weights, IEnumerable<int?> activations) => $"{Range(weights)}/{Range(activations)}";

    /// <summary>The bytes of values that are packed to their bits.</summary>
    public static long Bytes(long values, int bits) => ((values * bits) + 7) / 8;

    private static string Range(IEnumerable<int?> bits)
    {
        int[] known = [.. bits.OfType<int>()];
        return known.Length == 0 ? "-"
            : known.Min() == known.Max() ? known[0].ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{known.Min()}-{known.Max()}");
    }
}
