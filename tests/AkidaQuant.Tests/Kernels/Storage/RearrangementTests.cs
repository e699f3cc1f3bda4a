using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class RearrangementTests
{
    [Fact]
    public void A_transposition_moves_every_index_to_its_place() =>
        (from shape in Axes.Shapes
         from order in Gen.Shuffle(Enumerable.Range(0, shape.Rank).ToArray())
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         select (shape, order, batch, storage)).Sample(
            (shape, order, batch, storage) =>
            {
                Shape output = new([.. order.Select(axis => shape[axis])]);
                Check(Rearrangement.Transpose(shape, order), shape, output, batch, storage, position =>
                {
                    int[] from = new int[shape.Rank];
                    for (int i = 0; i < order.Length; i++)
                    {
                        from[order[i]] = position[i];
                    }

                    return from;
                });
            },
            iter: 500);

    [Fact]
    public void A_selection_takes_the_indices_of_its_axis_in_their_order() =>
        (from shape in Axes.Shapes
         from axis in Gen.Int[0, shape.Rank - 1]
         from indices in Gen.Int[0, shape[axis] - 1].Array[1, 6]
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         select (shape, axis, indices, batch, storage)).Sample(
            (shape, axis, indices, batch, storage) =>
            {
                int[] dimensions = shape.ToArray();
                dimensions[axis] = indices.Length;
                Check(Rearrangement.Select(shape, axis, indices), shape, new Shape(dimensions), batch, storage, position =>
                {
                    int[] from = [.. position];
                    from[axis] = indices[position[axis]];
                    return from;
                });
            },
            iter: 500);

    [Fact]
    public void A_selection_of_every_axis_takes_their_indices_or_all() =>
        (from shape in Axes.Shapes
         from some in Gen.Int[0, 99].Array[1, 4].Array[shape.Rank]
         from kinds in Gen.Int[0, 2].Array[shape.Rank]
         from batch in Gen.Int[1, 3]
         from storage in Gen.Enum<IntegerStorage>()
         select (shape, some, kinds, batch, storage)).Sample(
            (shape, some, kinds, batch, storage) =>
            {
                // All of an axis, a range of it as slices take it, or any indices.
                int[]?[] indices = [.. Enumerable.Range(0, shape.Rank).Select(axis => kinds[axis] switch
                {
                    0 => null,
                    1 => Enumerable.Range(some[axis][0] % shape[axis], shape[axis] - (some[axis][0] % shape[axis])).ToArray(),
                    _ => some[axis].Select(index => index % shape[axis]).ToArray(),
                })];
                Shape output = new([.. indices.Select((taken, axis) => taken?.Length ?? shape[axis])]);
                Check(Rearrangement.Select(shape, indices), shape, output, batch, storage, position =>
                    [.. position.Select((index, axis) => indices[axis]?[index] ?? index)]);
            },
            iter: 500);

    [Fact]
    public void A_buffer_of_another_storage_is_refused() => Assert.Throws<ArgumentException>(() =>
        Rearrangement.Transpose(new Shape(2, 2), [1, 0]).Run(
            new IntegerData(4, 1, IntegerStorage.Int32), new IntegerData(4, 1, IntegerStorage.Int16), 1));

    private static void Check(
        Rearrangement rearrangement, Shape input, Shape output, int batch, IntegerStorage storage, Func<int[], int[]> source)
    {
        long[] values = Axes.Values(batch * input.Size, 0);
        IntegerData result = new(output.Size, batch, storage);
        rearrangement.Run(Cases.Buffer(values, input.Size, storage), result, batch);
        long[] actual = Cases.Values(result);
        foreach (int[] position in Axes.Positions(output, batch))
        {
            int[] from = [position[0], .. source(position[1..])];
            Assert.Equal(values[Axes.Index(input.Prepend(batch), from)], actual[Axes.Index(output.Prepend(batch), position)]);
        }

        FloatData floats = new(output.Size, batch);
        rearrangement.Run(Axes.Floats(values, input.Size, batch), floats, batch);
        Assert.Equal(actual.Select(value => (float)value), floats.Values(batch).ToArray());
    }
}
