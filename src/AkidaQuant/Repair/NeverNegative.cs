using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Which tensors of a float network hold no negative values, whatever its samples are: a rectifier behind them changes nothing, and zeros
/// around them never win a maximum.
/// </summary>
internal sealed class NeverNegative(Model model)
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Whether no value of a layer's output can be negative.</summary>
    public bool Holds(string layer)
    {
        if (!_known.TryGetValue(layer, out bool holds))
        {
            _known[layer] = holds = Find(model.NodeOf(layer));
        }

        return holds;
    }

    private bool Find(Node node) => node.Layer switch
    {
        { IsNeverNegative: true } => true,
        InputLayer input => input.Type is { } type && !type.IsSigned(),
        MaxPooling2D or AveragePooling2D or GlobalAveragePooling2D or ZeroPadding2D or Dropout or Flatten or Reshape or Permute
            or Concatenate or Add => node.Inputs.All(Holds),
        Rescaling rescaling => Array.TrueForAll(rescaling.Scale, IsPositive) && Array.TrueForAll(rescaling.Offset, IsPositive)
            && node.Inputs.All(Holds),
        PaddedConv2D { PaddingValue: not null } => false,

        // Identities and means: layers that learned their weights have negative ones.
        Conv2D or DepthwiseConv2D or Conv2DTranspose or DepthwiseConv2DTranspose => HasPositiveWeights((WeightedLayer)node.Layer)
            && node.Inputs.All(Holds),
        _ => false,
    };

    private static bool HasPositiveWeights(WeightedLayer layer) =>
        layer.Activation == ActivationFunction.Linear
        && layer.Variables.All(variable => Array.TrueForAll(variable.Value.Held(), value => value >= 0));

    private static bool IsPositive(double value) => value >= 0;
}
