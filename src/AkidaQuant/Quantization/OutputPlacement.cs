using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>Decides which layers get an output quantizer, and how wide (quantize.md 5).</summary>
internal static class OutputPlacement
{
    /// <summary>Bits of the integers that an activation has a table for (quantize.md 5).</summary>
    private const int TableInputBits = 11;

    /// <summary>The bits of the states of a recurrence, whatever the parameters say.</summary>
    private const int StateBits = 16;

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
            Node producer = model[name];
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
    /// Whether values leave their channel, so that only one range for the tensor can serve them. The reference places
    /// one for each channel here too, and fails.
    /// </summary>
    private static bool MovesChannels(Model model, Node node) => node.Layer switch
    {
        Permute permute => permute.Dims[^1] != permute.Dims.Count,
        Reshape => model.Plan[node.Name].Prepared.Output.Shape.Channels != model.Plan[node.Inputs[0]].Prepared.Output.Shape.Channels,
        _ => false,
    };

    private static void Place(Model model, Node node, Node next, bool movesChannels, QuantizationParams parameters, Dictionary<string, QuantSettings> placed)
    {
        Shape output = model.Plan[node.Name].Prepared.Output.Shape;
        bool feedsTable = next.Layer is TableActivation;
        bool perTensor = parameters.PerTensorActivations || feedsTable || movesChannels || IsVector(output) || node.Layer is StatefulRecurrent;
        if (placed.TryGetValue(node.Name, out QuantSettings? settings))
        {
            if (perTensor)
            {
                ((QuantSettings)settings["output_quantizer"]!)["axis"] = "per-tensor";
            }

            return;
        }

        QuantSettings quantizer = [];
        if (node.Layer is ReLU)
        {
            quantizer["bitwidth"] = parameters.ActivationBits;
            quantizer["signed"] = parameters.ActivationBits >= 8;
        }
        else
        {
            int bits = node.Layer is TableActivation ? parameters.ActivationBits
                : node.Layer is StatefulRecurrent ? StateBits
                : feedsTable ? TableInputBits
                : node.Layer is GlobalAveragePooling2D && Preceding(model, node).FirstOrDefault().Producer?.Layer.IsActivation == true ? parameters.ActivationBits
                : parameters.OutputBits;
            quantizer["bitwidth"] = bits;
            if (bits == 1)
            {
                // One bit leaves no room for a sign, and the mean of activations has none.
                quantizer["signed"] = false;
            }
        }

        quantizer["axis"] = perTensor ? "per-tensor" : "per-axis";
        quantizer["buffer_bitwidth"] = parameters.BufferBits;
        placed[node.Name] = new QuantSettings { ["output_quantizer"] = quantizer };
    }

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
