using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>Decides which layers get an output quantizer, and how wide (quantize.md 5).</summary>
internal static class OutputPlacement
{
    /// <summary>The bits from which an output that is never negative has a sign all the same.</summary>
    private const int SignedBits = 8;

    /// <summary>The settings <c>{ output_quantizer: … }</c> by layer name for a rewritten float model.</summary>
    public static Dictionary<string, QuantSettings> Decide(Model model, QuantizationParams parameters)
    {
        Dictionary<string, QuantSettings> placed = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes.Reverse())
        {
            if (node.Layer.RequiresAlignedInputs || MovesChannels(model, node))
            {
                foreach ((Node producer, bool movesChannels) in Preceding(model, node))
                {
                    Place(model, producer, node, movesChannels, parameters, placed);
                }
            }
        }

        return placed;
    }

    /// <summary>The layers before a node that can hold its quantizer, and whether channels change places on the way.</summary>
    private static IEnumerable<(Node Producer, bool MovesChannels)> Preceding(Model model, Node node, bool movesChannels = false)
    {
        movesChannels |= MovesChannels(model, node);
        foreach (string name in node.Inputs)
        {
            Node producer = model.NodeOf(name);
            if (producer.Layer is InputLayer)
            {
                continue;
            }

            if (producer.Layer.CanHoldOutputQuantizer)
            {
                yield return (producer, movesChannels);
                continue;
            }

            foreach ((Node, bool) further in Preceding(model, producer, movesChannels))
            {
                yield return further;
            }
        }
    }

    /// <summary>
    /// Whether values leave their channel. The reference places one range for each channel here too, and fails.
    /// </summary>
    private static bool MovesChannels(Model model, Node node) =>
        node.Inputs is [string input] && node.Layer.MovesChannels(Output(model, input), Output(model, node.Name));

    private static void Place(
        Model model,
        Node node,
        Node next,
        bool movesChannels,
        QuantizationParams parameters,
        Dictionary<string, QuantSettings> placed)
    {
        bool perTensor = parameters.PerTensorActivations || movesChannels || IsVector(Output(model, node.Name))
            || node.Layer.OwnOutputBits is not null || next.Layer.AskedInputBits is not null;
        if (placed.TryGetValue(node.Name, out QuantSettings? settings))
        {
            if (perTensor)
            {
                ((QuantSettings)settings["output_quantizer"]!)["axis"] = "per-tensor";
            }

            return;
        }

        int bits = Bits(model, node, next, parameters);
        QuantSettings quantizer = new() { ["bitwidth"] = bits };
        if (node.Layer.IsNeverNegative)
        {
            quantizer["signed"] = bits >= SignedBits;
        }
        else if (bits == 1)
        {
            // One bit leaves no room for a sign, and the mean of activations has none.
            quantizer["signed"] = false;
        }

        quantizer["axis"] = perTensor ? "per-tensor" : "per-axis";
        quantizer["buffer_bitwidth"] = parameters.BufferBits;
        placed[node.Name] = new QuantSettings { ["output_quantizer"] = quantizer };
    }

    private static int Bits(Model model, Node node, Node next, QuantizationParams parameters) =>
        node.Layer.IsActivation ? parameters.ActivationBits
        : node.Layer.OwnOutputBits ?? next.Layer.AskedInputBits
        ?? (node.Layer.PassesActivationBits && FollowsActivation(model, node) ? parameters.ActivationBits : parameters.OutputBits);

    private static bool FollowsActivation(Model model, Node node) =>
        Preceding(model, node).FirstOrDefault().Producer?.Layer.IsActivation == true;

    private static Shape Output(Model model, string name) => model.Plan[name].Prepared.Output.Shape;

    private static bool IsVector(Shape shape)
    {
        for (int i = 0; i < shape.Rank - 1; i++)
        {
            if (shape[i] != 1)
            {
                return false;
            }
        }

        return true;
    }
}
