using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class CellSelectionTests
{
    [Fact]
    public void Each_cell_is_that_of_its_row_and_column() =>
        (from height in Gen.Int[1, 5]
         from width in Gen.Int[1, 5]
         from channels in Gen.Int[1, 4]
         from rows in Gen.Int[0, height - 1].Array[1, 6]
         from columns in Gen.OneOf(
             Gen.Int[0, width - 1].Array[1, 6],
             Gen.Int[0, width - 1].Select(first => Enumerable.Range(first, width - first).ToArray()))
         from batch in Gen.Int[1, 3]
         from input in FloatCases.Value.Array[batch * height * width * channels]
         from parts in DividedCases.Count
         select (new Shape(height, width, channels), rows, columns, batch, input, parts)).Sample(
            (shape, rows, columns, batch, input, parts) =>
            {
                CellSelection selection = new(shape, rows, columns);
                float[] expected =
                [
                    .. from sample in Enumerable.Range(0, batch)
                       from row in rows
                       from column in columns
                       from channel in Enumerable.Range(0, shape[2])
                       select input[(((((sample * shape[0]) + row) * shape[1]) + column) * shape[2]) + channel],
                ];
                Assert.Equal(expected, FloatCases.Output(expected.Length, output => selection.Run(input, output, batch)));
                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    float[] output = new float[expected.Length];
                    Array.Fill(output, ground);
                    selection.Run(input, output, batch, share);
                    return output;
                });
            },
            iter: 300);
}
