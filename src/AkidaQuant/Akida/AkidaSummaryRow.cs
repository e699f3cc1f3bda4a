namespace AkidaQuant.Akida;

/// <summary>One layer of an Akida summary: texts and numbers, to filter, sort and write.</summary>
public sealed record AkidaSummaryRow
{
    /// <summary>A row of what the text of a summary shows.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="type">The type, shortened for Akida 1.0: <c>Conv2D</c>, <c>Sep.Conv.</c></param>
    /// <param name="output">The dimensions of the output.</param>
    /// <param name="kernels">The shapes of the weights; none for layers without.</param>
    public AkidaSummaryRow(string name, string type, Shape output, IReadOnlyList<Shape> kernels)
    {
        Name = name;
        Type = type;
        Output = output;
        KernelShapes = [.. kernels.Select(kernel => kernel.ToString())];
    }

    /// <summary>The name of the model.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>The name of the layer.</summary>
    public string Name { get; }

    /// <summary>The type, shortened for Akida 1.0: <c>Conv2D</c>, <c>Sep.Conv.</c></summary>
    public string Type { get; }

    /// <summary>The dimensions of the output: <c>(14, 14, 16)</c>.</summary>
    public string OutputShape => Output.ToString();

    /// <summary>The shapes of the weights, such as <c>(3, 3, 2, 16)</c>; none for layers without.</summary>
    public ValueList<string> KernelShapes { get; }

    /// <summary>The layers that feed it, a comma and a space between.</summary>
    public string ConnectedTo { get; init; } = string.Empty;

    /// <summary>Bits of the weights, where a parameter says them; null for layers without.</summary>
    public int? WeightBits { get; init; }

    /// <summary>Bits of the integers that go out, sign included; null for floats.</summary>
    public int? OutputBits { get; init; }

    /// <summary>Multiplications and additions for one sample (akida-model.md 1.6).</summary>
    public long Macs { get; init; }

    /// <summary>Where it runs; software as long as nothing is mapped.</summary>
    public AkidaBackend Backend { get; init; }

    /// <summary>What it has of a device: <c>4 CNP1</c>; empty for nothing.</summary>
    public string Components { get; init; } = string.Empty;

    /// <summary>Bytes of external memory on a device.</summary>
    public long ExternalMemory { get; init; }

    /// <summary>The dimensions of the output as numbers, for the text of the summary.</summary>
    internal Shape Output { get; }

    /// <summary>The name and the type: <c>conv (Conv2D)</c>.</summary>
    public override string ToString() => Printable.Of($"{Name} ({Type})");
}
