using System.Collections;
using System.Globalization;

namespace AkidaQuant.Tensors;

/// <summary>
/// The dimensions of a tensor, channels last. Shapes of layers leave out the batch; a dimension that a
/// file does not fix is <see cref="Unknown"/>.
/// </summary>
public readonly struct Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    /// <summary>Stands for a dimension that is not known yet.</summary>
    public const int Unknown = -1;

    private readonly int[]? _dimensions;

    /// <summary>A shape of the given dimensions, each positive, zero or <see cref="Unknown"/>.</summary>
    public Shape(params int[] dimensions) => _dimensions = dimensions;

    /// <summary>The shape of a scalar: no dimension.</summary>
    public static Shape Scalar { get; } = new([]);

    private int[] Dimensions => _dimensions ?? [];

    /// <summary>The number of dimensions.</summary>
    public int Rank => Dimensions.Length;

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The dimension at <paramref name="index"/>; <c>^1</c> is the channels.</summary>
    public int this[int index] => Dimensions[index];

    /// <summary>The last dimension, which holds the channels; 1 for a scalar.</summary>
    public int Channels => Rank == 0 ? 1 : Dimensions[^1];

    /// <summary>The number of dimensions, so that <c>shape[^1]</c> works.</summary>
    public int Length => Rank;

    /// <summary>Whether every dimension is known.</summary>
    public bool IsKnown => Array.IndexOf(Dimensions, Unknown) < 0;

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">A dimension is unknown.</exception>
    /// <exception cref="OverflowException">The product does not fit 31 bits.</exception>
    public int Size
    {
        get
        {
            if (!IsKnown)
            {
                throw new InvalidOperationException($"The shape {this} has a dimension that is not known.");
            }

            int size = 1;
            foreach (int dimension in Dimensions)
            {
                size = checked(size * dimension);
            }

            return size;
        }
    }

    /// <summary>This shape with <paramref name="channels"/> as its last dimension.</summary>
    public Shape WithChannels(int channels)
    {
        int[] dimensions = ToArray();
        dimensions[^1] = channels;
        return new Shape(dimensions);
    }

    /// <summary>This shape behind a leading dimension, as for a batch.</summary>
    public Shape Prepend(int dimension) => new([dimension, .. Dimensions]);

    /// <summary>This shape with its first axis behind the others: channels last instead of first.</summary>
    public Shape WithFirstAxisLast() => new([.. Dimensions[1..], Dimensions[0]]);

    /// <summary>This shape with its last axis before the others: channels first instead of last.</summary>
    public Shape WithLastAxisFirst() => new([Dimensions[^1], .. Dimensions[..^1]]);

    /// <summary>A copy of the dimensions.</summary>
    public int[] ToArray() => [.. Dimensions];

    /// <summary>The dimensions as a span.</summary>
    public ReadOnlySpan<int> AsSpan() => Dimensions;

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int dimension in Dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <summary>Equal in every dimension.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different in rank or in a dimension.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The text of a Python tuple, unknown dimensions as None: <c>(None, 28, 28, 3)</c>, <c>(10,)</c>.</summary>
    public override string ToString()
    {
        string[] parts = Array.ConvertAll(Dimensions, d => d == Unknown ? "None" : d.ToString(CultureInfo.InvariantCulture));
        return parts.Length == 1 ? $"({parts[0]},)" : $"({string.Join(", ", parts)})";
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
