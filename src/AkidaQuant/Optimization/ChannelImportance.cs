using System.Numerics.Tensors;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>What an error of a channel counts where one range serves a tensor: the squared weights that take the channel.</summary>
/// <param name="floating">The float network.</param>
internal sealed class ChannelImportance(Model floating)
{
    private readonly Dictionary<string, float[]> _squares = new(StringComparer.Ordinal);

    /// <summary>The importance of each channel of what a layer gives; 1 where no kernel is found.</summary>
    public float[] Of(string layer, int channels)
    {
        float[] importance = new float[channels];
        Add(layer, importance);
        float most = importance.Max();
        return most > 0 && float.IsFinite(most)
            ? Array.ConvertAll(importance, own => Math.Max(own / most, 1e-6f))
            : Array.ConvertAll(importance, _ => 1f);
    }

    private void Add(string layer, float[] importance)
    {
        foreach (Node next in floating.Consumers(layer))
        {
            if (next.Layer is { Equalization: Equalization.Absorbs, Variables: [var kernel, ..] })
            {
                float[] squares = Squares(next.Layer, kernel.Value);
                for (int i = 0; i < squares.Length; i++)
                {
                    importance[i % importance.Length] += squares[i];
                }
            }
            else if (next.Layer.Equalization is Equalization.Passes or Equalization.Reshapes || next.Layer is ReLU or Layers.Add)
            {
                Add(next.Name, importance);
            }
        }
    }

    /// <summary>The squared weights of each input channel of a kernel.</summary>
    private float[] Squares(Layer layer, NdArray<float> kernel)
    {
        if (_squares.TryGetValue(layer.Name, out float[]? known))
        {
            return known;
        }

        // Input channels are the axis before the last, but for the transposed kernel.
        int last = kernel.Shape.Rank - 1;
        bool isLast = layer is Conv2DTranspose;
        float[] squares = new float[kernel.Shape[isLast ? last : last - 1]];
        int inner = isLast ? 1 : kernel.Shape[last];
        float[] values = kernel.Values;
        for (int i = 0; i < values.Length; i += inner)
        {
            squares[i / inner % squares.Length] += TensorPrimitives.SumOfSquares(values.AsSpan(i, inner));
        }

        return _squares[layer.Name] = squares;
    }
}
