using System.Globalization;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida;

/// <summary>
/// The layers and shapes of an Akida model, mapped on a device or not. Its text is laid out as the pages print it
/// (akida-model.md 3.5 to 3.7).
/// </summary>
public sealed class AkidaSummary
{
    /// <summary>Summarizes a model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public AkidaSummary(AkidaModel model)
        : this(model, null)
    {
    }

    /// <summary>Summarizes a model that is mapped on a device.</summary>
    /// <param name="model">The model.</param>
    /// <param name="placement">Where its layers run; null where it is not mapped.</param>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public AkidaSummary(AkidaModel model, AkidaPlacement? placement)
    {
        ArgumentNullException.ThrowIfNull(model);
        Placement = placement;
        Name = model.Name;
        InputShape = model.InputShape;
        OutputShape = model.Outline.Output.Shape;
        Tail = [.. model.Tail.Select(part => (part.Akida is null ? string.Empty : "Akida ") + part.LayerText)];
        LayerCount = model.Layers.Count;
        Rows =
        [
            .. model.Outline.Steps.Where(step => step.Node is not AkidaInputData || step.Node.Inbounds.Count > 0)
            .Select(step => new AkidaSummaryRow(
                step.Node.Name, step.Node.SummaryTypeName, step.Prepared.Output.Shape, AkidaModel.Whole(step).KernelShapes)
            {
                Model = model.Name,
                ConnectedTo = string.Join(", ", step.Node.Inbounds),
                WeightBits = AkidaModel.Whole(step).WeightBits,
                OutputBits = (step.Prepared.Output as QuantizedSpec)?.Bits,
                Macs = step.Prepared.Macs,
                Backend = placement?.BackendOf(step.Node.Name) ?? AkidaBackend.Software,
                Components = placement?.Components.GetValueOrDefault(step.Node.Name)?.ToString() ?? string.Empty,
                ExternalMemory = placement?.Components.GetValueOrDefault(step.Node.Name)?.ExternalMemory ?? 0,
            }),
        ];
        Sequences = placement?.Sequences ?? [new AkidaSequence { Layers = [.. Rows.Select(row => row.Name)] }];
        Learning = model.Layers[^1] is AkidaFullyConnected { Learning: { } learning } last
            ? new AkidaLearningSummary(last.Name, model.Outline.Steps[^1].Taken[0].Shape.Size, learning.NumWeights)
            : null;
    }

    /// <summary>A summary of given rows.</summary>
    public AkidaSummary(Shape inputShape, Shape outputShape, int layerCount, IReadOnlyList<AkidaSummaryRow> rows)
    {
        InputShape = inputShape;
        OutputShape = outputShape;
        LayerCount = layerCount;
        Rows = [.. rows];
        Sequences = [new AkidaSequence { Layers = [.. Rows.Select(row => row.Name)] }];
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; } = string.Empty;

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of the output of the layers, in front of the software tail where there is one.</summary>
    public Shape OutputShape { get; }

    /// <summary>The layers of each part that runs behind these, where the network goes on in software; empty where it does not.</summary>
    public ValueList<string> Tail { get; } = [];

    /// <summary>What runs together: one sequence, as long as nothing is mapped.</summary>
    public ValueList<AkidaSequence> Sequences { get; }

    /// <summary>The number of sequences.</summary>
    public int SequenceCount => Sequences.Count;

    /// <summary>Where the layers run; null as long as nothing is mapped.</summary>
    public AkidaPlacement? Placement { get; }

    /// <summary>How the last layer learns; null where it does not.</summary>
    public AkidaLearningSummary? Learning { get; }

    /// <summary>The number of layers, an InputData that has no row included.</summary>
    public int LayerCount { get; }

    /// <summary>The layers in order, without an InputData at the beginning.</summary>
    public ValueList<AkidaSummaryRow> Rows { get; }

    /// <summary>The text, lines ending in a line feed, the last one empty.</summary>
    public override string ToString() => AkidaSummaryText.Of(this);
}

/// <summary>How the last layer of a model learns (akida-model.md 3.4).</summary>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Connections">The inputs of a neuron.</param>
/// <param name="Weights">The connections of a neuron that are not zero.</param>
public sealed record AkidaLearningSummary(string Layer, int Connections, int Weights)
{
    /// <summary>The layer and its figures: <c>last: 350 of 2048 connections</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Layer}: {Weights} of {Connections} connections"));
}
