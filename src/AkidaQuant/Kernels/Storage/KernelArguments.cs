namespace AkidaQuant.Kernels.Storage;

/// <summary>Checks what a kernel is made with.</summary>
internal static class KernelArguments
{
    /// <summary>Checks the length of an array that may be missing.</summary>
    /// <exception cref="ArgumentException">The array has another length.</exception>
    public static void ExpectLength(Array? values, int length, string name)
    {
        if (values is not null && values.Length != length)
        {
            throw new ArgumentException($"{length} values are needed, but there are {values.Length}.", name);
        }
    }

    /// <summary>One value for each channel from one value, from as many as there are channels, or from none (zeros).</summary>
    /// <exception cref="ArgumentException">The array has another length.</exception>
    public static T[] PerChannel<T>(T[]? values, int channels, string name)
        where T : struct
    {
        var result = new T[channels];
        if (values is { Length: 1 })
        {
            Array.Fill(result, values[0]);
        }
        else if (values is not null)
        {
            ExpectLength(values, channels, name);
            values.CopyTo(result, 0);
        }

        return result;
    }

    /// <summary>Checks that a buffer can hold every integer that will be written to it.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void ExpectStorage(IntegerData data, ValueRange range)
    {
        ValueRange stored = data.Storage.Range();
        if (range.Min < stored.Min || range.Max > stored.Max)
        {
            throw new ArgumentException(
                $"Integers from {range.Min} to {range.Max} do not fit a buffer of {data.Storage}; "
                + "give the tensor a range that holds them.",
                nameof(data));
        }
    }

    /// <summary>The integers that a storage holds.</summary>
    public static ValueRange Range(this IntegerStorage storage) => storage switch
    {
        IntegerStorage.Int16 => ValueRange.OfBits(15),
        IntegerStorage.Int32 => ValueRange.OfBits(31),
        _ => new ValueRange(long.MinValue, long.MaxValue),
    };
}
