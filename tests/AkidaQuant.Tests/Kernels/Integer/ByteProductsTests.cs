using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

/// <summary>When integers are multiplied as bytes, and that no sum of 16 bits overflows at the extremes.</summary>
public sealed class ByteProductsTests
{
    [Theory]
    [InlineData(0, 255, 64, 0, 1)]
    [InlineData(0, 255, 65, null, 0)]
    [InlineData(0, 127, 127, 0, 1)]
    [InlineData(-128, 127, 8, 128, 8)]
    [InlineData(-8, 7, 8, 8, 136)]
    [InlineData(3, 5, 1, 0, 3276)]
    [InlineData(-128, 128, 1, null, 0)]
    [InlineData(0, 256, 1, null, 0)]
    public void Ranges_and_weights_decide(int min, int max, int weight, int? offset, int steps)
    {
        int[][] columns = [[weight, weight], [-weight, -weight], [weight, -weight]];
        ByteProducts?[] products = Array.ConvertAll(columns, column => ByteProducts.For(column, 1, new ValueRange(min, max), false));
        ByteProducts? expected = offset is { } value ? new ByteProducts(value, steps) : null;
        Assert.Equal(expected, products[0]);
        Assert.Equal(expected, products[1]);
        if (expected is not null)
        {
            Assert.InRange(products[2]!.Value.Steps, steps * 2, (steps * 2) + 1);
        }
    }

    [Fact]
    public void Weights_of_more_than_a_byte_do_not_fit_and_the_last_of_an_odd_depth_stands_alone()
    {
        var bits = new ValueRange(0, 1);
        Assert.Equal(new ByteProducts(0, 255), ByteProducts.For([127, -128, 0, 0, 1, -128], 2, bits, false));
        Assert.Null(ByteProducts.For([0, 0, 0, 0, 128, 0], 2, bits, false));
        Assert.Null(ByteProducts.For([0, 0, 0, -129], 2, bits, false));
    }

    [Fact]
    public void Without_narrow_sums_any_bytes_fit() =>
        Assert.Equal(new ByteProducts(128, 1), ByteProducts.For([127, 127], 1, ValueRange.OfBits(7), anySum: true));

    [Theory]
    [EachInstructionSet]
    public void Extreme_inputs_and_weights_give_exact_sums_also_outside_the_image(string instructions) =>
        (from range in Gen.OneOf(
            new ValueRange(0, 255), ValueRange.OfBits(7), new ValueRange(0, 127), new ValueRange(0, 15), ValueRange.OfBits(3))
         from most in Gen.OneOf(1, 7, 8, 15, 64, 127)
         from padding in Gen.OneOf(0L, range.Min, range.Max)
         from channels in Gen.OneOf(3, 4, 16, 33)
         from filters in Gen.OneOf(1, 16, 24, 33)
         let g = ConvolutionGeometry.Create(new Shape(5, 4, channels), (3, 3), (1, 1), (1, 1), Padding.Same, filters)
         from image in Gen.OneOf(range.Min, range.Max).Array[g.InputShape.Size]
         from aligned in Gen.Bool
         from weights in Gen.OneOf(-most, most).Array[9 * channels * filters]
         select (g, range, padding, image, aligned, weights)).Sample(
            (g, range, padding, image, aligned, weights) =>
            {
                if (aligned)
                {
                    // All products of a column have one sign, so that its sums go as far as they can.
                    for (int i = 0; i < weights.Length; i++)
                    {
                        weights[i] = i % g.OutputChannels % 2 == 0 ? Math.Abs(weights[i]) : -Math.Abs(weights[i]);
                    }

                    Array.Fill(image, range.Max);
                }

                int[] border = [(int)padding];
                IntegerData input = Cases.Buffer(image, g.InputShape.Size, IntegerStorage.Int16);
                IntegerConvolution convolution = new(g, weights, null, range, 40, border, InstructionSets.Choose(instructions));
                long[] expected = Naive.Convolve(g, image, weights, null, 40, border, false);
                SumCases.Check(expected, convolution.OutputRange, true, 1, output => convolution.Run(input, output, 1));
            },
            iter: 300);
}
