using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatDenseTests
{
    [Theory]
    [EachInstructionSet]
    public void Rows_are_multiplied_with_the_matrix(string instructions) =>
        (from rows in Gen.Frequency((9, Gen.Int[1, 20]), (1, Gen.Int[90, 110]))
         from inputs in Gen.Int[1, 300]
         from units in Gen.Int[1, 80]
         from input in FloatCases.Value.Array[rows * inputs]
         from kernel in FloatCases.Value.Array[inputs * units]
         from bias in Cases.Optional(FloatCases.Value.Array[units])
         select (rows, inputs, units, input, kernel, bias)).Sample(
            (rows, inputs, units, input, kernel, bias) =>
            {
                ConvolutionGeometry g = ConvolutionGeometry.Create(
                    new Shape(1, rows, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
                FloatCases.Check(
                    rows * units,
                    InstructionSets.Choose(instructions),
                    set => FloatCases.Output(
                        rows * units, output => new FloatDense(inputs, units, kernel, bias, set).Run(input, output, rows)),
                    _ => Naive.Convolve(g, input, kernel, bias, null, 1));
            },
            iter: 100);

    [Theory]
    [EachInstructionSet]
    public void Shares_make_up_the_whole_with_and_without_a_finish(string instructions) =>
        (from rows in Gen.Frequency((9, Gen.Int[1, 20]), (1, Gen.Int[90, 110]))
         from inputs in Gen.Int[1, 50]
         from units in Gen.OneOf(Gen.Int[1, 70], Gen.Int[250, 300])
         from input in FloatCases.Value.Array[rows * inputs]
         from kernel in FloatCases.Value.Array[inputs * units]
         from count in DividedCases.Count
         select (rows, inputs, units, input, kernel, count)).Sample(
            (rows, inputs, units, input, kernel, count) =>
            {
                FloatDense dense = new(inputs, units, kernel, null, InstructionSets.Choose(instructions));
                FloatCases.CheckShares(
                    rows * units, units, count, (output, share, finish) => dense.Run(input, output, rows, share, finish));
            },
            iter: 100);
}
