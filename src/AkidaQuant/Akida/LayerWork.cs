using System.Globalization;

namespace AkidaQuant.Akida;

/// <summary>What a layer of an Akida model has to do for some samples, and what of that an event-based processor leaves out.</summary>
public sealed record LayerWork
{
    /// <summary>The Akida model that the layer belongs to.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the layer.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required string TypeName { get; init; }

    /// <summary>The samples that ran.</summary>
    public required long Samples { get; init; }

    /// <summary>The values that came in, of all samples and all inputs.</summary>
    public required long Inputs { get; init; }

    /// <summary>Those that were not 0.</summary>
    public required long Events { get; init; }

    /// <summary>The values that went out.</summary>
    public required long Outputs { get; init; }

    /// <summary>Those that were 0.</summary>
    public required long Zeros { get; init; }

    /// <summary>The products of inputs and weights in a dense run; the places around an image that a window covers count too.</summary>
    public required long Multiplications { get; init; }

    /// <summary>Those with an input that is not 0: what an event-based processor computes.</summary>
    public required long Operations { get; init; }

    /// <summary>The size of the weights, packed to their bits.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>The size of what goes out for one sample, values packed to their bits.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>The values of samples that a Quantizer at the beginning clamped (convert.md 8.4).</summary>
    public long Clamped { get; init; }

    /// <summary>The share of inputs that are not 0, 0 to 1; 0 before anything was seen.</summary>
    public double Density => Inputs == 0 ? 0 : (double)Events / Inputs;

    /// <summary>The share of outputs that are 0, 0 to 1 (akida-model.md 3.10); 0 before anything was seen.</summary>
    public double Sparsity => Outputs == 0 ? 0 : (double)Zeros / Outputs;

    /// <summary>The share of the multiplications that are left, 0 to 1; null for a layer without any.</summary>
    public double? Share => Multiplications == 0 ? null : (double)Operations / Multiplications;

    /// <summary>The layer and its work: <c>conv: 512 of 4608 multiplications</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Name}: {Operations} of {Multiplications} multiplications"));
}
