using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>What an error of a channel counts where one range serves a tensor: the squared weights that take the channel.</summary>
/// <param name="floating">The float network.</param>
internal sealed class ChannelImportance(Model floating)
{
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
                Add(next.Layer, kernel.Value, importance);
            }
            else if (next.Layer.Equalization is Equalization.Passes or Equalization.Reshapes || next.Layer is ReLU or Layers.Add)
            {
                Add(next.Name, importance);
            }
        }
    }

    private static void Add(Layer layer, NdArray<float> kernel, float[] importance)
    {
        // Input channels are the axis before the last, but for the transposed kernel.
        int axis = layer is Conv2DTranspose ? kernel.Shape.Rank - 1 : kernel.Shape.Rank - 2;
        int inner = layer is Conv2DTranspose ? 1 : kernel.Shape[kernel.Shape.Rank - 1];
        float[] values = kernel.Values;
        for (int i = 0; i < values.Length; i++)
        {
            importance[i / inner % kernel.Shape[axis] % importance.Length] += values[i] * values[i];
        }
    }
}
