using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>
/// What parameters and variables of layers can be, wherever they come from (docs/akida-file.md). No processor comes near most of these
/// limits: they are there so that what a layer makes of its parameters cannot take all memory, or count wrong.
/// </summary>
internal static class LayerLimits
{
    /// <summary>The most values of a sample.</summary>
    public const long MostValues = 1L << 28;

    /// <summary>The greatest dimension.</summary>
    public const int MostChannels = 1 << 20;

    private const int MostSize = 1 << 15;
    private const int MostBits = 62;

    // Layers make a few arrays of as many numbers as they have channels.
    private const int BytesOfChannel = 64;

    /// <summary>The whole numbers that a parameter can be.</summary>
    public static ValueRange Of(string parameter) => parameter switch
    {
        "pool_size" or "pool_stride" => new ValueRange(AkidaSpatialLayer.Default, MostSize),
        "padding_value" => new ValueRange(0, byte.MaxValue),
        _ when parameter.EndsWith("_bits", StringComparison.Ordinal) => new ValueRange(1, MostBits),
        _ when parameter.EndsWith("_size", StringComparison.Ordinal) || parameter.EndsWith("_stride", StringComparison.Ordinal) =>
            new ValueRange(1, MostSize),
        _ => new ValueRange(1, MostChannels),
    };

    /// <summary>Refuses a layer with a parameter or a weight that it cannot have.</summary>
    /// <exception cref="QuantException"><c>AkidaParameterInvalid</c> or <c>AkidaVariableInvalid</c>.</exception>
    public static void Require(AkidaLayer layer)
    {
        foreach (LayerParameter parameter in LayerParameters.Of(layer.GetType()))
        {
            Require(layer, parameter.Name, parameter.Property.GetValue(layer));
        }

        if (layer.WeightBits is { } bits and < 8)
        {
            foreach (string name in layer.Variables.Names.Where(name => name.StartsWith("weights", StringComparison.Ordinal)))
            {
                RequireWeights(layer, name, bits);
            }
        }
    }

    /// <summary>Counts what layers take for each of their channels, before they are planned.</summary>
    /// <exception cref="QuantException"><c>ModelTooLarge</c>.</exception>
    public static void Take(ArrayBudget budget, IReadOnlyList<AkidaLayer> layers)
    {
        Dictionary<string, long> channels = new(StringComparer.Ordinal);
        foreach (AkidaLayer layer in layers)
        {
            LayerParameter[] parameters = LayerParameters.Of(layer.GetType());
            long given = Number(layer, parameters, "filters") ?? Number(layer, parameters, "units")
                ?? Number(layer, parameters, "output_channels")
                ?? (layer is IAkidaInput { InputShape: var shape } ? shape.Max() : 0);
            long[] inbound = [.. layer.Inbounds.Select(name => channels.GetValueOrDefault(name))];
            long fed = inbound.Sum();
            given = given > 0 ? given : layer is AkidaConcatenate ? fed : inbound.FirstOrDefault();
            channels[layer.Name] = given;
            budget.Take(Math.Max(given, fed * (Number(layer, parameters, "fifo_size") ?? 1)) * BytesOfChannel, layer.Name);
        }
    }

    private static long? Number(AkidaLayer layer, LayerParameter[] parameters, string name) =>
        Array.Find(parameters, parameter => parameter.Name == name)?.Property.GetValue(layer) as int?;

    private static void Require(AkidaLayer layer, string name, object? value)
    {
        switch (value)
        {
            case int number:
                RequireRange(layer, name, number);
                break;
            case (int rows, int columns):
                RequireRange(layer, name, rows);
                RequireRange(layer, name, columns);
                break;
            case float number when !(number is >= 0 and <= 1):
                throw layer.Invalid(
                    "AkidaParameterInvalid",
                    string.Create(CultureInfo.InvariantCulture, $"its parameter '{name}' is {number}, and it is a share from 0 to 1."));
            case Enum constant when !Enum.IsDefined(constant.GetType(), constant):
                throw layer.Invalid("AkidaParameterInvalid", $"its parameter '{name}' is {constant:D}, which stands for nothing.");
            case Shape shape when shape.Rank != 3 || shape.Any(size => size is < 1 or > MostChannels)
                || shape.Aggregate(1L, (product, size) => Math.Min(product * size, long.MaxValue >> 20)) > MostValues:
                throw layer.Invalid(
                    "AkidaParameterInvalid",
                    $"its parameter '{name}' is {shape}, and it has three dimensions of 1 to {MostChannels}, of which the product is at most {MostValues}.");
            case not null when LayerParameters.IsGroup(value.GetType()):
                foreach (LayerParameter part in LayerParameters.Of(value.GetType()))
                {
                    Require(layer, part.Name, part.Property.GetValue(value));
                }

                break;
            default:
                break;
        }
    }

    private static void RequireRange(AkidaLayer layer, string name, int number)
    {
        ValueRange range = Of(name);
        if (number < range.Min || number > range.Max || (number == 0 && range.Min < 0))
        {
            string least = range.Min < 0 ? $"{range.Min} for its default, or 1" : $"{range.Min}";
            throw layer.Invalid("AkidaParameterInvalid", $"its parameter '{name}' is {number}, and it is {least} to {range.Max}.");
        }
    }

    private static void RequireWeights(AkidaLayer layer, string name, int bits)
    {
        if (layer.Variables.Find<sbyte>(name) is not { } weights)
        {
            return;
        }

        // A single bit holds 0 and 1, or -1 and 1.
        ValueRange range = bits == 1 ? new ValueRange(-1, 1) : ValueRange.OfBits(bits - 1);
        ValueRange found = PackedValues.Range<sbyte>(weights.Held());
        if (found.Min < range.Min || found.Max > range.Max)
        {
            long wrong = found.Min < range.Min ? found.Min : found.Max;
            throw layer.Invalid(
                "AkidaVariableInvalid",
                $"its variable '{name}' has the weight {wrong}, and weights of {bits} bits are {range.Min} to {range.Max}.");
        }
    }
}
