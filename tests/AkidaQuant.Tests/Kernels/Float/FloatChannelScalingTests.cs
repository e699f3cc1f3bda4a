using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatChannelScalingTests
{
    /// <summary>Zeros of both signs among values whose products do not round to 0.</summary>
    private static Gen<float> Value { get; } = Gen.Frequency((4, FloatCases.Value), (1, Gen.OneOf(0f, -0f, 1f, -1f)));

    [Theory]
    [EachInstructionSet]
    public void The_bits_are_those_of_the_whole_matrix(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from input in Value.Array[sizes.Channels * sizes.Batch * sizes.Positions]
         from factors in Value.Array[sizes.Channels]
         from bias in Cases.Optional(Value.Array[sizes.Channels])
         select (sizes, input, factors, bias)).Sample(
            given =>
            {
                (int channels, int batch, int positions) = given.sizes;
                ConvolutionGeometry g = ConvolutionGeometry.Create(
                    new Shape(1, positions, channels), (1, 1), (1, 1), (1, 1), Padding.Valid, channels);
                float[] matrix = DiagonalMatrix.Write(given.factors);
                FloatConvolution whole = new(g, matrix, given.bias, null, 1, InstructionSets.Choose(instructions));
                float[] expected = FloatCases.Output(given.input.Length, output => whole.Run(given.input, output, batch));
                FloatChannelScaling scaling = new(given.factors, given.bias);
                Assert.Equal(Bits(expected), Bits(FloatCases.Output(given.input.Length, output => scaling.Run(given.input, output))));
            },
            iter: 200);

    [Fact]
    public void What_is_not_finite_stays_in_its_channel()
    {
        FloatChannelScaling scaling = new([2, 3], [1, 1]);
        Assert.Equal([float.PositiveInfinity, 4], FloatCases.Output(2, output => scaling.Run([float.PositiveInfinity, 1], output)));
    }

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
