using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Turns the kernels of files that Keras wrote on top of Theano: its convolutions take a kernel from the last row and column to the first,
/// where those of all other backends, and the layers here, take it from the first.
/// </summary>
internal static class TheanoKernels
{
    private const string Theano = "theano";

    /// <summary>The model with kernels as they are taken here; the same object where the file is from another backend.</summary>
    /// <param name="model">The model with its weights.</param>
    /// <param name="backend">The backend that the file names; null where it names none.</param>
    public static Model Turn(Model model, string? backend) => backend == Theano ? Turn(model) : model;

    private static Model Turn(Model model) => model.WithLayers(Turned);

    private static Layer Turned(Layer layer) => layer switch
    {
        NestedModel nested => nested with { Inner = Turn(nested.Inner) },
        ActivatedLayer both => both with { Inner = Turned(both.Inner) },
        _ when layer.ClassName is "Conv1D" or "Conv2D" or "Conv3D" or "Conv2DTranspose" && layer.Variables is [var kernel, ..] =>
            layer.WithVariables([Turned(kernel.Value), .. layer.Variables.Skip(1).Select(variable => variable.Value)]),
        _ => layer,
    };

    /// <summary>A kernel whose cells come in reversed order, each a matrix of channels as it was.</summary>
    private static NdArray<float> Turned(NdArray<float> kernel)
    {
        int cell = kernel.Shape[^1] * kernel.Shape[^2];
        float[] values = new float[kernel.Values.Length];
        for (int from = 0, to = values.Length - cell; to >= 0; from += cell, to -= cell)
        {
            kernel.Values.AsSpan(from, cell).CopyTo(values.AsSpan(to));
        }

        return kernel with { Values = values };
    }
}
