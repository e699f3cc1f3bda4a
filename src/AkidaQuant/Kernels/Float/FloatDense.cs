using AkidaQuant.Geometry;
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
    private readonly PackedMatrix<float> _matrix;
    private readonly PatchProduct<float, float> _product;

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
        ConvolutionGeometry geometry = ConvolutionGeometry.Create(new Shape(1, 1, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
        _product = new PatchProduct<float, float>(new PatchReader<float>(geometry, 0, inputs, new float[inputs]), _matrix);
    }

    /// <summary>Computes rows.</summary>
    /// <param name="input">(rows, inputs).</param>
    /// <param name="output">(rows, units).</param>
    /// <param name="rows">The number of rows: samples times the positions of each.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is applied to finished values, if anything.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int rows, WorkShare share = default, FloatFinish? finish = null)
    {
        FloatSink sink = new(output, _matrix.Columns, 0, finish);
        _product.Run(input, ProductPart.Of(share, rows, _matrix.Columns, _matrix.PanelWidth), ref sink);
    }
}
