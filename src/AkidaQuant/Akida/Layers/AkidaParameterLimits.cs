using System.Globalization;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// What the parameters of layers can be, by their names (akida-model.md 1.2 to 1.5): what the emulator takes, which is more than
/// processors do.
/// </summary>
internal static class AkidaParameterLimits
{
    /// <summary>The most values of a sample.</summary>
    public const long MostValues = 1L << 28;

    /// <summary>The most channels, and the greatest dimension of a sample.</summary>
    public const int MostChannels = 1 << 20;

    private const int MostSize = 1 << 15;
    private const int MostBufferBits = 63;

    /// <summary>What is wrong with the value of a parameter, to follow its name; null for nothing.</summary>
    public static string? Problem(string name, object value) => value switch
    {
        int number => Problem(name, number),
        (int height, int width) => Problem(name, height) ?? Problem(name, width),
        float share => share is >= 0 and <= 1 ? null : Say("from 0 to 1", share),
        Shape shape => shape.Rank == 3 && shape.All(dimension => dimension is > 0 and <= MostChannels)
            && shape.Aggregate(1L, (product, dimension) => product * dimension) <= MostValues
            ? null
            : $"must have three sizes from 1 to {MostChannels}, whose product is at most {MostValues}, but it is {shape}",
        Enum choice => Enum.IsDefined(choice.GetType(), choice)
            ? null
            : $"must be one of {string.Join(", ", Enum.GetNames(choice.GetType()))}, but it is {choice}",
        _ => null,
    };

    /// <summary>The least and the greatest whole number that a parameter can be, -1 of pools for their default aside.</summary>
    public static (int Min, int Max) Range(string name) => name switch
    {
        "weights_bits" or "act_bits" => (1, 8),
        "input_bits" => (1, 16),
        "output_bits" => (1, 32),
        "buffer_bits" or "post_op_buffer_bits" => (2, MostBufferBits),
        "padding_value" => (0, byte.MaxValue),
        _ when name.EndsWith("_size", StringComparison.Ordinal) || name.EndsWith("_stride", StringComparison.Ordinal) => (1, MostSize),
        _ => (1, MostChannels),
    };

    private static string? Problem(string name, int number)
    {
        if (name is "pool_size" or "pool_stride" && number == AkidaSpatialLayer.Default)
        {
            return null;
        }

        (int min, int max) = Range(name);
        return number >= min && number <= max ? null : Say(string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}"), number);
    }

    private static string Say(string range, IFormattable value) =>
        $"must be {range}, but it is {value.ToString(null, CultureInfo.InvariantCulture)}";
}
