using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class BilinearResizingTests
{
    [Fact]
    public void Values_lie_between_those_of_the_cells_whose_centers_are_around() =>
        (from height in Gen.Int[1, 6]
         from width in Gen.Int[1, 6]
         from channels in Gen.Int[1, 3]
         from row in Gen.Int[0, height - 1]
         from column in Gen.Int[0, width - 1]
         from rows in Gen.Int[1, height - row]
         from columns in Gen.Int[1, width - column]
         from output in Gen.Int[1, 9].Array[2]
         from batch in Gen.Int[1, 2]
         from input in FloatCases.Value.Array[batch * height * width * channels]
         from parts in DividedCases.Count
         select (new Shape(height, width, channels), (row, rows), (column, columns), output, batch, input, parts)).Sample(
            (shape, rows, columns, size, batch, input, parts) =>
            {
                BilinearResizing resizing = new(shape, rows, columns, size[0], size[1]);
                float[] actual = FloatCases.Output(
                    batch * size[0] * size[1] * shape[2], output => resizing.Run(input, output, batch));
                int i = 0;
                foreach (int[] at in Axes.Positions(new Shape(size[0], size[1], shape[2]), batch))
                {
                    double expected = Between(rows, size[0], at[1], y => Between(columns, size[1], at[2], x =>
                        input[(((((at[0] * shape[0]) + y) * shape[1]) + x) * shape[2]) + at[3]]));
                    Assert.Equal(expected, actual[i++], 1e-5);
                }

                DividedCases.Check(actual, parts, (share, ground) =>
                {
                    float[] output = new float[actual.Length];
                    Array.Fill(output, ground);
                    resizing.Run(input, output, batch, share);
                    return output;
                });
            },
            iter: 300);

    private static double Between((int Start, int Count) part, int size, int at, Func<int, double> value)
    {
        double place = Math.Clamp(((at + 0.5) * part.Count / size) - 0.5, 0, part.Count - 1);
        int first = (int)place;
        int second = Math.Min(first + 1, part.Count - 1);
        return value(part.Start + first) + ((value(part.Start + second) - value(part.Start + first)) * (place - first));
    }
}
