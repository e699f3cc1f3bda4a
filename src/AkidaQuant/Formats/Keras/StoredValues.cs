using System.Globalization;

namespace AkidaQuant.Formats.Keras;

/// <summary>Tells whether an argument still is what a file gave, so that it can be written as it was: 0 or 0.0, 2 or [2, 2].</summary>
internal static class StoredValues
{
    /// <summary>Whether a value means the same as a stored one.</summary>
    public static bool AreSame(object? value, object? stored) =>
        (value, stored) switch
        {
            (null, null) => true,
            (null, _) or (_, null) => false,
            (string left, string right) => left == right,
            (bool left, bool right) => left == right,
            (IReadOnlyList<object?> left, IReadOnlyList<object?> right) => left.Count == right.Count
                && left.Zip(right).All(pair => AreSame(pair.First, pair.Second)),
            (IReadOnlyList<object?> list, _) => list.Count > 0 && list.All(item => AreSame(item, stored)),
            (_, IReadOnlyList<object?> { Count: 1 } list) => AreSame(value, list[0]),
            _ => ToNumber(value) is { } left && ToNumber(stored) is { } right && AreSameNumbers(left, right),
        };

    /// <summary>Layers compute in float32, so a number that is one may have been given with more digits.</summary>
    private static bool AreSameNumbers(double value, double stored) =>
        value.Equals(stored) || (value == (float)value && (float)value == (float)stored);

    private static double? ToNumber(object value) => value switch
    {
        double or float or long or int => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
