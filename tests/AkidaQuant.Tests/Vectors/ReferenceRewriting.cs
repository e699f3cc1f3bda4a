using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// Which float network the reference quantized. It is that of <c>float.h5</c>, unless its rewrite of zero padding
/// changed what the network computes (transforms.md 4.12 and 7), which ours never does: then it is the network with
/// that rewrite, once its outputs have shown the change.
/// </summary>
public static class ReferenceRewriting
{
    /// <summary>The network to quantize, and by how much the reference's rewrites change its outputs, relative to the greatest.</summary>
    public static (Model Float, float Change) Of(VectorCase vectors, Model floating, Model reference)
    {
        Model ours = Sanitizer.Run(floating);
        if (ours.GraphLayers.All(layer => SameKernel(layer, reference.Find(layer.Name)?.Layer)))
        {
            return (floating, 0);
        }

        Model theirs = WithReferencePadding(floating);

        float[] expected = vectors.Arrays("outputs.npz")["float"].ToSingles().Values;
        Assert.InRange(Difference(vectors, ours, expected), 0f, 1e-5f);
        float change = Difference(vectors, theirs, expected);
        Assert.InRange(change, 1e-3f, float.MaxValue);
        return (theirs, change);
    }

    /// <summary>Takes zero padding away where "same" padding gives the size, without looking where the zeros are.</summary>
    private static Model WithReferencePadding(Model model)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes.Where(node => node.Layer is ZeroPadding2D))
        {
            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            if (model.Consumers(node.Name) is [{ Layer: Conv2D { Window: { Padding: Padding.Valid } window } convolution }]
                && model.Plan[convolution.Name].Prepared.Output.Shape is var output
                && output[0] * window.Strides.Height == input[0] && output[1] * window.Strides.Width == input[1])
            {
                editor.Remove(node.Name);
                editor.Replace(convolution with { Window = window with { Padding = Padding.Same } });
            }
        }

        return editor.Build();
    }

    private static bool SameKernel(Layer ours, Layer? theirs) =>
        theirs is null
        || ours.Variables.Count == 0
        || theirs.Variables.Count == 0
        || ours.Variables[0].Value.Shape == theirs.Variables[0].Value.Shape;

    private static float Difference(VectorCase vectors, Model model, float[] expected)
    {
        float[] actual =
        [
            .. Inference
                .Run(model, vectors.Samples("inputs.npz"), cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
        Assert.Equal(expected.Length, actual.Length);
        return actual.Zip(expected, (a, e) => MathF.Abs(a - e)).Max() / expected.Max(MathF.Abs);
    }
}
