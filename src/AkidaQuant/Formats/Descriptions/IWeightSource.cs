using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Where the weights of a described network come from.</summary>
internal interface IWeightSource : IDisposable
{
    /// <summary>Whether there is an array of that name in a shape that need not be known.</summary>
    bool KnowsShapes { get; }

    /// <summary>An array of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="variable">The name of the array, such as <c>conv/kernel:0</c>.</param>
    /// <param name="weight">The shape that it must have; null for any.</param>
    /// <exception cref="QuantException">There is none, or it has another shape.</exception>
    NdArray<float> Take(Layer layer, string variable, WeightShape? weight);

    /// <summary>Called when all layers have theirs.</summary>
    /// <exception cref="QuantException">Something is left that no layer takes.</exception>
    void Finish();
}
