using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class UnitLengthTests
{
    [Fact]
    public void Rows_have_a_length_of_1() =>
        (from length in Gen.Int[1, 6]
         from rows in Gen.Int[1, 6]
         from input in FloatCases.Value.Array[rows * length]
         from parts in DividedCases.Count
         select (length, rows, input, parts)).Sample(
            (length, rows, input, parts) =>
            {
                UnitLength kernel = new(length);
                float[] actual = FloatCases.Output(input.Length, output => kernel.Run(input, output, rows));
                for (int i = 0; i < input.Length; i++)
                {
                    double squares = FloatCases.Sample(input, i / length, length).Sum(value => (double)value * value);
                    Assert.Equal(input[i] / Math.Sqrt(Math.Max(squares, 1e-12)), actual[i], 1e-6);
                }

                DividedCases.Check(actual, parts, (share, ground) =>
                {
                    float[] output = new float[actual.Length];
                    Array.Fill(output, ground);
                    kernel.Run(input, output, rows, share);
                    return output;
                });
            },
            iter: 300);

    [Fact]
    public void A_row_of_zeros_stays() =>
        Assert.Equal([0, 0], FloatCases.Output(2, output => new UnitLength(2).Run(new float[2], output, 1)));
}
