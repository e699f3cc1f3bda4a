using System.Globalization;

namespace AkidaQuant.Akida;

/// <summary>What all layers of an Akida model have to do for some samples.</summary>
public sealed record AkidaWork
{
    /// <summary>The sums over layers.</summary>
    /// <param name="model">The name of the model.</param>
    /// <param name="layers">Its layers.</param>
    public AkidaWork(string model, IReadOnlyList<LayerWork> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Model = model;
        Layers = [.. layers];
        Samples = layers.Select(layer => layer.Samples).FirstOrDefault();
        Events = layers.Sum(layer => layer.Events);
        Multiplications = layers.Sum(layer => layer.Multiplications);
        Operations = layers.Sum(layer => layer.Operations);
        WeightBytes = layers.Sum(layer => layer.WeightBytes);
        ActivationBytes = layers.Sum(layer => layer.ActivationBytes);
        Clamped = layers.Sum(layer => layer.Clamped);
    }

    /// <summary>The Akida model.</summary>
    public string Model { get; }

    /// <summary>The samples that ran.</summary>
    public long Samples { get; }

    /// <summary>The inputs of layers that were not 0, those of a layer whose output several take once for each.</summary>
    public long Events { get; }

    /// <summary>The products of inputs and weights in a dense run.</summary>
    public long Multiplications { get; }

    /// <summary>Those with an input that is not 0.</summary>
    public long Operations { get; }

    /// <summary>The share of the multiplications that are left, 0 to 1; null for a model without any.</summary>
    public double? Share => Multiplications == 0 ? null : (double)Operations / Multiplications;

    /// <summary>The size of all weights, packed to their bits.</summary>
    public long WeightBytes { get; }

    /// <summary>The size of what all layers give for one sample, values packed to their bits.</summary>
    public long ActivationBytes { get; }

    /// <summary>The values of samples that a Quantizer at the beginning clamped (convert.md 8.4).</summary>
    public long Clamped { get; }

    /// <summary>What each layer has to do.</summary>
    public ValueList<LayerWork> Layers { get; }

    /// <summary>The model and its work: <c>lenet: 512 of 4608 multiplications over 10 samples</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture, $"{Model}: {Operations} of {Multiplications} multiplications over {Samples} samples"));
}
