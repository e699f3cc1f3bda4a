using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Replaces integers by those of a table (layers.md 5.2, convert.md 6.1).</summary>
/// <remarks>
/// Element by element: a vector would gather from the table one lane after the other too. Integers that the table has no entry for are
/// an <see cref="IndexOutOfRangeException"/>.
/// </remarks>
public sealed class TableLookup : ChannelStep
{
    private readonly int[] _table;
    private readonly int _least;

    /// <summary>A table.</summary>
    /// <param name="table">What stands for the integers from -2^n to 2^n - 1, in ascending order.</param>
    /// <exception cref="ArgumentException">The length is not a power of two.</exception>
    public TableLookup(int[] table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!BitOperations.IsPow2(table.Length) || table.Length < 2)
        {
            throw new ArgumentException($"A table has 2, 4, 8, … entries, but there are {table.Length}.", nameof(table));
        }

        _table = table;
        _least = -table.Length / 2;
        OutputRange = new ValueRange(table.Min(), table.Max());
    }

    /// <summary>The integers of the table.</summary>
    public ValueRange OutputRange { get; }

    /// <inheritdoc/>
    internal override ValueRange? MapRange => OutputRange;

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => _table[value - _least];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Map(Span<int> values, int channel, int count)
    {
        // Fields could change between two elements, for all that the compiler knows.
        int[] entries = _table;
        int least = _least;
        foreach (ref int value in values)
        {
            // What a subtraction makes of an integer below all that have an entry is beyond the end.
            value = entries[unchecked((uint)(value - least))];
        }
    }
}
