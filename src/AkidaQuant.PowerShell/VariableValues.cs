using System.Collections;
using System.Globalization;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Values of variables as PowerShell holds them: arrays that a model gave, numbers, lists of numbers, lists in lists.</summary>
internal static class VariableValues
{
    private const int MostDimensions = 8;
    private const string Uneven = "its rows are not all of the same length";

    /// <summary>The variables of a hashtable.</summary>
    /// <exception cref="QuantException"><c>AkidaVariableInvalid</c>: a value is none of numbers.</exception>
    public static Dictionary<string, object> From(object? table)
    {
        Dictionary<string, object> values = new(StringComparer.Ordinal);
        if (Given.Unwrap(table) is not { } given)
        {
            return values;
        }

        if (given is not IDictionary dictionary)
        {
            throw new QuantException(
                "AkidaVariableInvalid",
                QuantErrorKind.InvalidArgument,
                $"-Variable takes a hashtable of names and values, such as @{{ weights = $weights }}, but was given {Given.Describe(given)}.",
                given);
        }

        foreach (DictionaryEntry entry in dictionary)
        {
            string name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            values[name] = Of(name, entry.Value);
        }

        return values;
    }

    /// <summary>An array of a type that variables have as it is, else the numbers with their shape.</summary>
    /// <exception cref="QuantException"><c>AkidaVariableInvalid</c>: the value is none of numbers.</exception>
    public static object Of(string name, object? value)
    {
        object? plain = Given.Unwrap(value);
        if (plain?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(NdArray<>))
        {
            return plain;
        }

        List<int> dimensions = [];
        List<double> numbers = [];
        Flatten(name, plain, dimensions, 0, numbers);
        return new NdArray<double>(new Shape([.. dimensions]), [.. numbers]);
    }

    /// <summary>The error about an array whose elements no variable has.</summary>
    public static QuantException Foreign(string name, object value) => Invalid(name, $"{value} is of a type that no variable has");

    private static void Flatten(string name, object? value, List<int> dimensions, int axis, List<double> numbers)
    {
        switch (Given.Unwrap(value))
        {
            case Array { Rank: > 1 } block:
                for (int i = 0; i < block.Rank; i++)
                {
                    Enter(name, block.GetLength(i), dimensions, axis + i, numbers.Count == 0 || i > 0);
                }

                foreach (object? item in block)
                {
                    Flatten(name, item, dimensions, axis + block.Rank, numbers);
                }

                break;
            case IList list when axis < MostDimensions:
                Enter(name, list.Count, dimensions, axis, numbers.Count == 0);
                foreach (object? item in list)
                {
                    Flatten(name, item, dimensions, axis + 1, numbers);
                }

                break;
            case IConvertible number when Given.IsNumber(number) && axis == dimensions.Count:
                numbers.Add(number.ToDouble(CultureInfo.InvariantCulture));
                break;

            // As -3 is in a list that is typed as an argument.
            case string text when axis == dimensions.Count && Read(text) is { } number:
                numbers.Add(number);
                break;
            case var other:
                throw Invalid(name, Given.IsNumber(other) ? Uneven : $"it has {Given.Describe(other)} in it");
        }
    }

    private static double? Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    // The first list at each depth says how long the others are.
    private static void Enter(string name, int length, List<int> dimensions, int axis, bool isFirst)
    {
        if (axis == dimensions.Count && isFirst)
        {
            dimensions.Add(length);
        }
        else if (axis >= dimensions.Count || dimensions[axis] != length)
        {
            throw Invalid(name, Uneven);
        }
    }

    private static QuantException Invalid(string name, string problem) => new(
        "AkidaVariableInvalid",
        QuantErrorKind.InvalidArgument,
        $"The value of the variable '{name}' is none of numbers: {problem}. Give a number, a list of numbers, or lists in lists.",
        name);
}
