using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Product of float32 rows with a matrix (layers.md 4.7). The same bits whatever the batch, the thread and the
/// instruction set.
/// </summary>
public sealed class FloatDense
{
    private const int BlockRows = 96;
    private readonly PackedMatrix<float> _matrix;

    /// <summary>Packs the weights.</summary>
    /// <param name="inputs">The length of an input row.</param>
    /// <param name="units">The length of an output row.</param>
    /// <param name="kernel">(inputs, units).</param>
    /// <param name="bias">One value a unit, or null.</param>
    public FloatDense(int inputs, int units, float[] kernel, float[]? bias)
        : this(inputs, units, kernel, bias, InstructionSets.Best)
    {
    }

    internal FloatDense(int inputs, int units, float[] kernel, float[]? bias, InstructionSet set)
    {
        KernelArguments.ExpectLength(kernel, inputs * units, nameof(kernel));
        KernelArguments.ExpectLength(bias, units, nameof(bias));
        _matrix = PackedMatrix.Of<float>(kernel, inputs, units, bias, set);
    }

    /// <summary>Computes rows.</summary>
    /// <param name="input">(rows, inputs).</param>
    /// <param name="output">(rows, units).</param>
    /// <param name="rows">The number of rows: samples times the positions of each.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int rows)
    {
        for (int row = 0; row < rows; row += BlockRows)
        {
            int count = Math.Min(BlockRows, rows - row);
            _matrix.Multiply(input[(row * _matrix.Depth)..], _matrix.Depth, output[(row * _matrix.Columns)..], _matrix.Columns, count);
        }
    }
}
