namespace AkidaQuant.PowerShell;

/// <summary>
/// Numbers as PowerShell holds them, laid out one after the other: arrays of objects, arrays in arrays, rectangular
/// arrays.
/// </summary>
/// <param name="Values">The numbers in one array of their own type.</param>
/// <param name="SampleDimensions">The dimensions that the arrays have behind the first; one number a sample where there are none.</param>
internal sealed record PlainArray(Array Values, int[] SampleDimensions)
{
    // As many as numpy has; an array that holds itself has no end.
    private const int MaxRank = 64;

    /// <summary>Lays out an array.</summary>
    /// <exception cref="QuantException"><c>SampleArrayInvalid</c>: not all rows have one length, or something is no number.</exception>
    public static PlainArray From(Array array)
    {
        List<int> dimensions = [];
        for (object? level = array; level is Array { Length: > 0 } nested; level = Unwrap(First(nested)))
        {
            for (int axis = 0; axis < nested.Rank; axis++)
            {
                dimensions.Add(nested.GetLength(axis));
            }

            if (dimensions.Count > MaxRank)
            {
                throw Invalid($"it is nested more than {MaxRank} levels deep, or holds itself");
            }
        }

        List<object> values = [];
        Flatten(array, dimensions, 0, values);
        return new PlainArray(Typed(values), dimensions.Count > 1 ? [.. dimensions[1..]] : [1]);
    }

    private static object? First(Array array)
    {
        foreach (object? item in array)
        {
            return item;
        }

        return null;
    }

    private static void Flatten(Array array, List<int> dimensions, int axis, List<object> values)
    {
        for (int i = 0; i < array.Rank; i++)
        {
            if (axis + i >= dimensions.Count || array.GetLength(i) != dimensions[axis + i])
            {
                throw Invalid("its rows are not all of the same length");
            }
        }

        int next = axis + array.Rank;
        foreach (object? item in array)
        {
            switch (Unwrap(item))
            {
                case Array nested:
                    Flatten(nested, dimensions, next, values);
                    break;
                case IConvertible number when next == dimensions.Count && number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal:
                    values.Add(number);
                    break;
                case var other:
                    throw Invalid(next == dimensions.Count ? $"'{other}' is no number" : "its rows are not all of the same length");
            }
        }
    }

    // One type stays; of several, integers that fit 64 bits stay integers.
    private static Array Typed(List<object> values)
    {
        Type[] types = [.. values.Select(value => value.GetType()).Distinct()];
        Type type = types switch
        {
            [var only] when only != typeof(decimal) => only,
            _ when types.All(each => each.IsPrimitive && each != typeof(float) && each != typeof(double) && each != typeof(ulong)) =>
                typeof(long),
            _ => typeof(double),
        };
        var result = Array.CreateInstance(type, values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            result.SetValue(Convert.ChangeType(values[i], type, System.Globalization.CultureInfo.InvariantCulture), i);
        }

        return result;
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static QuantException Invalid(string problem) =>
        new(
            "SampleArrayInvalid",
            QuantErrorKind.InvalidArgument,
            $"The array cannot be made into samples: {problem}. Give numbers one after the other with -Shape, or an array with one array of the same size for each sample.");
}
