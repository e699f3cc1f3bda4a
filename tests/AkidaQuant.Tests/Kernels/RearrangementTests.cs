using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

public sealed class RearrangementTests
{
    private static readonly Gen<Shape> Shapes = Gen.Int[1, 5].Array[1, 4].Select(dimensions => new Shape(dimensions));

    [Fact]
    public void A_transposition_moves_every_index_to_its_place() =>
        (from shape in Shapes
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
        (from shape in Shapes
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
    public void A_buffer_of_another_storage_is_refused()
    {
        IntegerData input = new(4, 1, IntegerStorage.Int32);
        IntegerData output = new(4, 1, IntegerStorage.Int16);
        Assert.Throws<ArgumentException>(() => Rearrangement.Transpose(new Shape(2, 2), [1, 0]).Run(input, output, 1));
        Assert.Throws<ArgumentException>(() => new TimeSubsampling(1, 4).Run(input, output, 1));
        Assert.Throws<ArgumentException>(() => new FrameFifo(1, 4).Push(output, input, 1));
    }

    [Fact]
    public void A_concatenation_puts_tensors_behind_each_other_along_its_axis_whatever_their_storage() =>
        (from shape in Shapes
         from axis in Gen.Int[0, shape.Rank - 1]
         from lengths in Gen.Int[1, 4].Array[2, 4]
         from batch in Gen.Int[1, 3]
         from storages in Gen.Enum<IntegerStorage>().Array[lengths.Length]
         from wide in Gen.Bool
         select (shape, axis, lengths, batch, storages, wide)).Sample(
            @case =>
            {
                (Shape shape, int axis, int[] lengths, int batch, IntegerStorage[] storages, bool wide) = @case;
                Shape[] shapes = Array.ConvertAll(lengths, length => With(shape, axis, length));
                Shape output = With(shape, axis, lengths.Sum());
                long[][] values = [.. shapes.Select((input, i) => Values(batch * input.Size, 1000 * (i + 1)))];
                IntegerData[] inputs = [.. shapes.Select((input, i) => Cases.Buffer(values[i], input.Size, storages[i]))];
                IntegerData result = new(output.Size, batch, wide ? IntegerStorage.Int64 : IntegerStorage.Int16);
                Concatenation concatenation = new(Array.ConvertAll(shapes, input => Concatenation.Run(input, axis)));
                concatenation.Run(inputs, result, batch);
                long[] expected = Cases.Values(result);
                Assert.All(Positions(output, batch), position =>
                {
                    int input = 0;
                    int at = position[axis + 1];
                    for (; at >= lengths[input]; input++)
                    {
                        at -= lengths[input];
                    }

                    int[] from = [.. position];
                    from[axis + 1] = at;
                    Assert.Equal(values[input][Index(shapes[input].Prepend(batch), from)], expected[Index(output.Prepend(batch), position)]);
                });

                FloatData[] floats = [.. shapes.Select((input, i) => Floats(values[i], input.Size, batch))];
                FloatData joined = new(output.Size, batch);
                concatenation.Run(floats, joined, batch);
                Assert.Equal(expected.Select(value => (float)value), joined.Values(batch).ToArray());
            },
            iter: 300);

    private static void Check(Rearrangement rearrangement, Shape input, Shape output, int batch, IntegerStorage storage, Func<int[], int[]> source)
    {
        long[] values = Values(batch * input.Size, 0);
        IntegerData result = new(output.Size, batch, storage);
        rearrangement.Run(Cases.Buffer(values, input.Size, storage), result, batch);
        long[] actual = Cases.Values(result);
        foreach (int[] position in Positions(output, batch))
        {
            int[] from = [position[0], .. source(position[1..])];
            Assert.Equal(values[Index(input.Prepend(batch), from)], actual[Index(output.Prepend(batch), position)]);
        }

        FloatData floats = new(output.Size, batch);
        rearrangement.Run(Floats(values, input.Size, batch), floats, batch);
        Assert.Equal(actual.Select(value => (float)value), floats.Values(batch).ToArray());
    }

    private static FloatData Floats(long[] values, int size, int batch)
    {
        FloatData data = new(size, batch);
        Array.ConvertAll(values, value => (float)value).CopyTo(data.Values(batch));
        return data;
    }

    private static long[] Values(int count, int first) => [.. Enumerable.Range(first, count).Select(value => (long)value)];

    private static Shape With(Shape shape, int axis, int length)
    {
        int[] dimensions = shape.ToArray();
        dimensions[axis] = length;
        return new Shape(dimensions);
    }

    private static IEnumerable<int[]> Positions(Shape shape, int batch)
    {
        IEnumerable<int[]> positions = [[]];
        foreach (int dimension in shape.Prepend(batch))
        {
            positions = positions.SelectMany(position => Enumerable.Range(0, dimension).Select(index => (int[])[.. position, index]));
        }

        return positions;
    }

    private static int Index(Shape shape, int[] position)
    {
        int index = 0;
        for (int i = 0; i < shape.Rank; i++)
        {
            index = (index * shape[i]) + position[i];
        }

        return index;
    }
}
