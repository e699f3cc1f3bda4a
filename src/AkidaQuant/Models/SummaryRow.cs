namespace AkidaQuant;

/// <summary>One layer of a summary: texts and numbers alone, to filter, sort and write.</summary>
public sealed record SummaryRow
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The layer's name.</summary>
    public required string Name { get; init; }

    /// <summary>The class.</summary>
    public required string Type { get; init; }

    /// <summary>The output shape as Keras prints it.</summary>
    public required string OutputShape { get; init; }

    /// <summary>Stored scalars, ranges of quantizers included.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>The layers that feed it, a comma and a space between.</summary>
    public required string ConnectedTo { get; init; }

    /// <summary>Bits of the integers that the weights become, sign included; null without weights and in float.</summary>
    public int? WeightBits { get; init; }

    /// <summary>Bits of the integers that go out, sign included, those of an accumulator where nothing reduces it; null in float.</summary>
    public int? OutputBits { get; init; }

    /// <summary>The name and the class: <c>conv (QuantizedConv2D)</c>.</summary>
    public override string ToString() => Printable.Of($"{Name} ({Type})");
}
