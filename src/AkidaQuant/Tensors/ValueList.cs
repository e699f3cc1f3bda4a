using System.Collections.ObjectModel;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Tensors;

/// <summary>
/// A list that never changes, for the columns of rows: its text is that of its members with a space between, where that of an array
/// is the name of its type.
/// </summary>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : ReadOnlyCollection<T>
{
    private readonly T[] _values;

    /// <summary>A list of the members of an array, which is not copied.</summary>
    public ValueList(T[] values)
        : base(values) => _values = values;

    /// <summary>The number of members, as of an array.</summary>
    public int Length => _values.Length;

    /// <summary>A list of the members of an array, which is not copied.</summary>
    public static implicit operator ValueList<T>(T[] values) => new(values);

    /// <summary>The members as a span.</summary>
    public static implicit operator ReadOnlySpan<T>(ValueList<T> list) => list.AsSpan();

    /// <summary>The members as a span.</summary>
    public ReadOnlySpan<T> AsSpan() => _values;

    /// <summary>A copy of the members.</summary>
    public T[] ToArray() => [.. _values];

    /// <summary>The members with a space between, numbers as in every culture.</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            Array.ConvertAll(_values, value => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)));
}

/// <summary>Makes lists of what stands in brackets.</summary>
public static class ValueList
{
    /// <summary>A list of these members.</summary>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> values) => new(values.ToArray());
}
