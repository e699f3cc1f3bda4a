using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Akida.Devices;

/// <summary>What a layer takes of a device. The number of processors is an estimate: no page says how layers are placed.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Component">The kind of processor (akida-model.md 4.3); empty for layers that take none.</param>
/// <param name="Processors">The fewest processors that hold it, the input convolution (HRC) counted as one.</param>
/// <param name="InputBytes">Bytes of what goes in.</param>
/// <param name="WeightBytes">Bytes of the weights.</param>
/// <param name="ExternalMemory">Bytes of weights in external memory.</param>
/// <param name="SkipDmas">Channels for what skips layers.</param>
/// <param name="Macs">Multiplications of a sample.</param>
/// <param name="Neurons">The most processors that can share the layer: one a neuron.</param>
internal sealed record LayerDemand(
    AkidaLayer Layer,
    string Component,
    int Processors,
    long InputBytes,
    long WeightBytes,
    long ExternalMemory,
    int SkipDmas,
    long Macs,
    int Neurons)
{
    /// <summary>The kind of the first convolution over images, which is no neural processor.</summary>
    public const string Hrc = "HRC";

    /// <summary>The kind of convolutional processors.</summary>
    public const string Cnp = "CNP1";

    /// <summary>The kind of dense processors with external memory.</summary>
    public const string Fnp2 = "FNP2";

    /// <summary>The kind of dense processors with their weights inside.</summary>
    public const string Fnp3 = "FNP3";

    /// <summary>The kind of temporal processors with a queue.</summary>
    public const string TnpB = "TNP_B";

    /// <summary>The kind of recurrent processors.</summary>
    public const string TnpR = "TNP_R";

    /// <summary>Whether it makes integers of floats or floats of integers, at the edge of what runs on a device.</summary>
    public bool IsEdge => Layer is AkidaQuantizer or AkidaDequantizer or AkidaInputData;

    /// <summary>Whether further processors make it faster.</summary>
    public bool CanSpread => Component is Cnp or TnpB && Processors < Neurons;

    /// <summary>The neural processors, which the input convolution is none of.</summary>
    public int Neural => Component is Hrc or "" ? 0 : Processors;

    /// <summary>What each layer of a model takes of a device.</summary>
    public static IReadOnlyList<LayerDemand> Of(AkidaModel model, AkidaDevice device)
    {
        IReadOnlyList<PlanStep<AkidaLayer>> steps = model.Outline.Steps;
        string? external = steps
            .Where(step => IsDense(step.Node) && LayerMemory.WeightBytes(step) > device.WeightMemory)
            .MaxBy(step => LayerMemory.WeightBytes(step))?.Node.Name;
        return [.. steps.Select((step, position) => Of(step, position, device, step.Node.Name == external))];
    }

    private static LayerDemand Of(PlanStep<AkidaLayer> step, int position, AkidaDevice device, bool isExternal)
    {
        AkidaLayer layer = step.Node;
        string component = Kind(layer, isExternal);
        long input = LayerMemory.InputBytes(step);
        long weights = LayerMemory.WeightBytes(step);
        int processors = component switch
        {
            "" => 0,
            Cnp or TnpB => Parts(input, device.InputMemory) * Parts(weights, device.WeightMemory),
            Fnp3 => Parts(weights, device.WeightMemory),
            _ => 1,
        };
        int skips = layer is AkidaAdd or AkidaConcatenate ? step.Inputs.Count(from => from != position - 1) : 0;
        return new LayerDemand(
            layer,
            component,
            processors,
            input,
            weights,
            isExternal ? weights : 0,
            skips,
            step.Prepared.Macs,
            step.Prepared.Output.Shape.Channels);
    }

    private static string Kind(AkidaLayer layer, bool isExternal) => layer switch
    {
        AkidaInputConvolutional or AkidaInputConv2D => Hrc,
        AkidaV1Convolution or AkidaSpatialLayer or AkidaTransposedLayer => Cnp,
        AkidaFrameLayer => TnpB,
        AkidaStatefulRecurrent => TnpR,
        _ when IsDense(layer) => isExternal ? Fnp2 : Fnp3,
        _ => string.Empty,
    };

    private static bool IsDense(AkidaLayer layer) => layer is AkidaFullyConnected or AkidaDense1D;

    /// <summary>In how many parts bytes are cut so that each fits a memory; one where that is not known.</summary>
    private static int Parts(long bytes, long? memory) =>
        memory is { } size ? (int)Math.Clamp((bytes + size - 1) / size, 1, ushort.MaxValue) : 1;
}
