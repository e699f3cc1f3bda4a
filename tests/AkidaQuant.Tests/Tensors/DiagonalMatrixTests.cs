using CsCheck;

namespace AkidaQuant.Tests.Tensors;

public sealed class DiagonalMatrixTests
{
    private static readonly NdArray<float> Three = DiagonalMatrix.Of([2f, 0f, -3f]);

    [Fact]
    public void Only_square_matrices_without_a_bit_off_their_diagonal_are_held_as_it() =>
        (from shape in Gen.OneOf<int[]>(
            [1], [4], [1, 1], [3, 3], [1, 1, 2, 2], [1, 1, 17, 17], [2, 3, 3], [2, 3], [3, 2], [0, 0], [1, 1, 0])
         let size = new Shape(shape).Size
         from values in Gen.Frequency((9, Gen.Const(0f)), (1, Gen.OneOf(1f, -2.5f, -0f, float.Epsilon, float.NaN))).Array[size]
         from isDiagonal in Gen.Bool
         select (Shape: new Shape(shape), values, isDiagonal)).Sample(
            given =>
            {
                int columns = given.Shape.Channels;
                bool IsOn(int i) => i / columns == i % columns;
                float[] values = [.. given.values.Select((value, i) => given.isDiagonal && !IsOn(i) ? 0f : value)];
                bool expected = given.Shape.Rank > 1 && columns > 1 && given.Shape.Size == columns * columns && given.Shape[^2] == columns
                    && values.Where((_, i) => !IsOn(i)).All(value => BitConverter.SingleToInt32Bits(value) == 0);
                NdArray<float> array = new(given.Shape, values);
                NdArray<float> compact = array.Compact();
                Assert.Equal(expected ? values.Where((_, i) => IsOn(i)) : null, compact.Diagonal);
                Assert.Equal(given.Shape, compact.Shape);
                Assert.Equal(values, compact.Values);
                Assert.Equal(values.Length, compact.Size);
                Assert.Same(compact, compact.Compact());
            },
            iter: 2000);

    [Fact]
    public void All_elements_are_there_for_who_reads_them()
    {
        Assert.Equal(new Shape(3, 3), Three.Shape);
        Assert.Equal(9, Three.Size);
        Assert.Equal([2f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, -3f], Three.Values);
        Assert.Equal([3f, 1f, 1f, 1f, 1f, 1f, 1f, 1f, -2f], Three.Map(value => value + 1).Values);
        Assert.Equal(Three.Values, (Three with { Shape = new Shape(1, 1, 3, 3) }).Values);
    }

    [Fact]
    public void Other_elements_take_its_place()
    {
        NdArray<float> other = Three with { Values = [1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f] };
        Assert.Null(other.Diagonal);
        Assert.Equal(9, other.Values[^1]);
        Assert.Equal(other.Values, other.Held());
    }

    [Fact]
    public void What_is_made_of_its_elements_has_a_diagonal_too()
    {
        NdArray<float> image = Three with { Shape = new Shape(1, 1, 3, 3) };
        foreach (NdArray<long> made in new[]
        {
            image.MapNonzero(value => (long)value * 2),
            image.MapDeferred(value => (long)value * 2),
            image.WithHeld<float, long>([4, 0, -6]),
        })
        {
            Assert.Equal([4, 0, -6], made.Diagonal!);
            Assert.Equal([4, 0, 0, 0, 0, 0, 0, 0, -6], made.Values);
            Assert.Equal(image.Shape, made.Shape);
        }
    }

    [Fact]
    public void Other_arrays_are_made_of_all_their_elements()
    {
        NdArray<float> full = new(new Shape(2, 2), [1, 2, 3, 4]);
        foreach (NdArray<long> made in new[]
        {
            full.MapNonzero(value => (long)value * 2),
            full.MapDeferred(value => (long)value * 2),
            full.WithHeld<float, long>([2, 4, 6, 8]),
        })
        {
            Assert.Null(made.Diagonal);
            Assert.Equal([2, 4, 6, 8], made.Values);
            Assert.Equal((full.Shape, 4), (made.Shape, made.Size));
        }
    }

    /// <summary>Written out, the matrix would have 1.6 GB of bytes.</summary>
    [Fact]
    public void No_other_element_is_held()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        NdArray<sbyte> large = DiagonalMatrix.Of(new sbyte[40_000]);
        NdArray<long> wide = large.Compact().MapDeferred(value => (long)value) with { Shape = new Shape(1, 1, 40_000, 40_000) };
        Assert.Equal(1_600_000_000, wide.Size);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }
}
