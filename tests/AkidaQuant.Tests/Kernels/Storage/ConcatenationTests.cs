using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class ConcatenationTests
{
    [Fact]
    public void A_concatenation_puts_tensors_behind_each_other_along_its_axis_whatever_their_storage() =>
        (from shape in Axes.Shapes
         from axis in Gen.Int[0, shape.Rank - 1]
         from lengths in Gen.Int[1, 4].Array[2, 4]
         from batch in Gen.Int[1, 3]
         from storages in Gen.Enum<IntegerStorage>().Array[lengths.Length]
         from wide in Gen.Bool
         from parts in DividedCases.Count
         select (shape, axis, lengths, batch, storages, (wide, parts))).Sample(
            @case =>
            {
                (Shape shape, int axis, int[] lengths, int batch, IntegerStorage[] storages, (bool wide, int parts)) = @case;
                Shape[] shapes = Array.ConvertAll(lengths, length => Axes.With(shape, axis, length));
                Shape output = Axes.With(shape, axis, lengths.Sum());
                long[][] values = [.. shapes.Select((input, i) => Axes.Values(batch * input.Size, 1000 * (i + 1)))];
                IntegerData[] inputs = [.. shapes.Select((input, i) => Cases.Buffer(values[i], input.Size, storages[i]))];
                IntegerData result = new(output.Size, batch, wide ? IntegerStorage.Int64 : IntegerStorage.Int16);
                Concatenation concatenation = new(Array.ConvertAll(shapes, input => Concatenation.Run(input, axis)));
                concatenation.Run(inputs, result, batch);
                long[] expected = Cases.Values(result);
                Assert.All(Axes.Positions(output, batch), position =>
                {
                    int input = 0;
                    int at = position[axis + 1];
                    for (; at >= lengths[input]; input++)
                    {
                        at -= lengths[input];
                    }

                    int[] from = [.. position];
                    from[axis + 1] = at;
                    long value = values[input][Axes.Index(shapes[input].Prepend(batch), from)];
                    Assert.Equal(value, expected[Axes.Index(output.Prepend(batch), position)]);
                });

                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    IntegerData part = Cases.Buffer([.. Enumerable.Repeat(ground, expected.Length)], output.Size, result.Storage);
                    concatenation.Run(inputs, part, batch, share);
                    return Cases.Values(part);
                });

                FloatData[] floats = [.. shapes.Select((input, i) => Axes.Floats(values[i], input.Size, batch))];
                FloatData joined = new(output.Size, batch);
                concatenation.Run(floats, joined, batch);
                Assert.Equal(expected.Select(value => (float)value), joined.Values(batch).ToArray());
                DividedCases.Check([.. expected.Select(value => (float)value)], parts, (share, ground) =>
                {
                    joined.Values(batch).Fill(ground);
                    concatenation.Run(floats, joined, batch, share);
                    return joined.Values(batch).ToArray();
                });
            },
            iter: 300);

    [Fact]
    public void A_run_is_what_stays_together_from_the_axis_on()
    {
        Assert.Equal([24, 12, 4], new[] { 0, 1, 2 }.Select(axis => Concatenation.Run(new Shape(2, 3, 4), axis)));
    }
}
