using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>Replaces the layers of a rewritten float model by their quantized forms (quantize.md 6 to 9).</summary>
internal static class QuantizedStructure
{
    /// <summary>The most layers of a network of which another way is tried for advice: trying takes the square of their number.</summary>
    private const int MostForAdvice = 300;

    /// <summary>The quantized model, its ranges still 1.</summary>
    /// <exception cref="QuantException">A setting is wrong, or no layer can be quantized.</exception>
    public static Model Build(Model floating, QuantizeOptions options)
    {
        Dictionary<string, QuantSettings> placed = OutputPlacement.Decide(floating, options.Parameters);
        ReentryPoints reentry = new(floating, options);
        Dictionary<string, Layer> replaced;
        Dictionary<string, string> obstacles;
        do
        {
            replaced = Replace(floating, placed, options, reentry, out obstacles);
        }
        while (reentry.DropUseless(replaced));

        if (!replaced.Values.Any(layer => layer is QuantizedLayer))
        {
            throw Nothing(floating, options, obstacles);
        }

        List<Node> nodes = [.. floating.Nodes.Select(node => node with { Layer = replaced[node.Name] })];
        LayerNames names = options.Names ?? new LayerNames();
        if (reentry.Used.Count == 0 || floating.Consumers(floating.Input.Name).Any(node => replaced[node.Name] is QuantizedLayer))
        {
            InputQuantizerPlacement.Insert(nodes, options.Parameters, names, options.HasParameters ? options.Warning : null);
        }

        foreach (string point in reentry.Used)
        {
            options.Verbose?.Invoke(
                $"Quantization goes on behind '{point}' ({floating[point].Layer.ClassName}): an InputQuantizer takes its floats.");
            InputQuantizerPlacement.InsertBehind(
                nodes, point, floating.Plan[point].Prepared.Output.Shape, options.Parameters, names);
        }

        bool complete = InsertDequantizers(nodes, floating, options, obstacles, reentry.Used)
            || (reentry.Used.Count > 0 && floating.Outputs.All(output => GivesIntegers(nodes.First(node => node.Name == output).Layer)));
        List<string> outputs = [.. floating.Outputs];
        if (complete)
        {
            if (options.Parameters.LastOutputBits is { } bits)
            {
                QuantizeOutputs(nodes, outputs, floating, bits, options.Parameters);
            }

            for (int i = 0; i < outputs.Count; i++)
            {
                string name = names.Next("dequantizer", taken => nodes.Any(node => node.Name == taken));
                nodes.Add(new Node(new Dequantizer { Name = name }, [outputs[i]]));
                outputs[i] = name;
            }
        }

        return Model.Create(floating.Name, isSequential: false, nodes, outputs);
    }

    private static QuantException Nothing(Model floating, QuantizeOptions options, Dictionary<string, string> obstacles)
    {
        string why = obstacles.Count == 0
            ? "it has none that computes with values"
            : string.Join("; ", obstacles.Select(pair => $"'{pair.Key}': {pair.Value}"));
        string advice = RepairAdvice.Of(floating, obstacles.Keys) is { Length: > 0 } repair ? repair
            : Reentry(floating, options) is { } point ? $" With -Hybrid, what comes behind '{point}' is quantized."
            : string.Empty;
        return new QuantException(
            "NothingToQuantize",
            QuantErrorKind.NotSupported,
            $"No layer of the model '{floating.Name}' can be quantized: {why}.{advice}",
            floating.Name);
    }

    /// <summary>The first layer behind which quantization would go on if that were asked for; null where it would not.</summary>
    private static string? Reentry(Model floating, QuantizeOptions options)
    {
        try
        {
            return options.Hybrid || floating.Nodes.Count > MostForAdvice ? null
                : Build(floating, options with { Hybrid = true, Verbose = null, Warning = null }).Nodes
                    .First(node => node.Layer is InputQuantizer).Inputs[0];
        }
        catch (QuantException)
        {
            return null;
        }
    }

    private static Dictionary<string, Layer> Replace(
        Model floating,
        Dictionary<string, QuantSettings> placed,
        QuantizeOptions options,
        ReentryPoints reentry,
        out Dictionary<string, string> obstacles)
    {
        QuantizationParams parameters = options.Parameters;
        QuantizationContext context = new(parameters.InputWeightBits, parameters.BufferBits);
        Dictionary<string, Layer> replaced = new(StringComparer.Ordinal);
        HashSet<string> done = new(StringComparer.Ordinal);
        obstacles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Node node in floating.Nodes)
        {
            Layer layer = node.Layer;
            replaced[node.Name] = layer;
            if (layer is InputLayer)
            {
                done.Add(node.Name);
                continue;
            }

            if (!node.Inputs.All(done.Contains) && !reentry.Takes(node))
            {
                continue;
            }

            QuantSettings? given = options.Config?.Settings(node.Name) is { Count: > 0 } settings ? settings : null;
            if (layer.QuantizationObstacle is { } obstacle)
            {
                obstacles[node.Name] = obstacle;
                if (given is not null)
                {
                    throw new QuantException(
                        "ConfigLayerNotQuantizable",
                        QuantErrorKind.InvalidArgument,
                        $"The configuration has settings for layer '{node.Name}', which cannot be quantized: {obstacle}. Remove them.",
                        node.Name);
                }

                continue;
            }

            QuantizedLayer quantized = WithRanges(
                layer.Quantize(given ?? placed.GetValueOrDefault(node.Name), context),
                floating.Plan[node.Name].Prepared.Output.Shape.Channels
            ) with
            {
                StoredArguments = layer.StoredArguments,
            };
            replaced[node.Name] = quantized;
            if (given is not null && quantized.Settings is { } complete)
            {
                OmittedSettings.Say(node.Name, given, complete, placed.GetValueOrDefault(node.Name), options);
            }

            if (quantized.HasQuantizableWeights)
            {
                context = context with { WeightBits = parameters.WeightBits };
            }

            if (node.Name != options.Until)
            {
                done.Add(node.Name);
            }
            else
            {
                reentry.Close();
            }
        }

        return replaced;
    }

    /// <summary>The layer with a range of 1 for every channel of its output, of which some layers do not know the number.</summary>
    private static QuantizedLayer WithRanges(QuantizedLayer layer, int channels)
    {
        if (layer.OutputQuantizer is not { PerAxis: true } quantizer)
        {
            return layer;
        }

        NdArray<float> ones = NdArray<float>.Filled(new Shape(channels), 1f);
        return layer with { OutputQuantizer = quantizer with { RangeMax = ones, RescalingRate = ones } };
    }

    /// <summary>Puts a Dequantizer behind every quantized layer that feeds a float one (quantize.md 8).</summary>
    /// <returns>Whether the model is quantized to its end.</returns>
    private static bool InsertDequantizers(
        List<Node> nodes,
        Model floating,
        QuantizeOptions options,
        Dictionary<string, string> obstacles,
        IReadOnlyList<string> reentered)
    {
        Dictionary<string, Node> byName = nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        Dictionary<string, string> inserted = new(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Count; i++)
        {
            Node node = nodes[i];
            if (
                node.Layer is QuantizedLayer or Dequantizer or InputQuantizer
                || !node.Inputs.Any(input => GivesIntegers(byName[input].Layer)))
            {
                continue;
            }

            if (inserted.Count == 0 && options.Until is null)
            {
                options.Warning?.Invoke(
                    $"Quantization stops at layer '{node.Name}' ({node.Layer.ClassName}), because {obstacles.GetValueOrDefault(node.Name, "one of its inputs is float")}. A Dequantizer is put before it, and the layers from there on stay in float{(reentered.Count == 0 ? string.Empty : $" up to {string.Join(", ", reentered.Select(name => $"'{name}'"))}, behind which it goes on")}.{RepairAdvice.Of(floating, [node.Name])}");
            }

            nodes[i] = node with
            {
                Inputs = [.. node.Inputs.Select(input =>
                {
                    if (!GivesIntegers(byName[input].Layer))
                    {
                        return input;
                    }

                    string name = $"{input}/dequantizer";
                    inserted.TryAdd(input, name);
                    return name;
                })],
            };
        }

        foreach ((string source, string name) in inserted)
        {
            nodes.Add(new Node(new Dequantizer { Name = name }, [source]));
        }

        return inserted.Count == 0;
    }

    private static bool GivesIntegers(Layer layer) => layer is QuantizedLayer or InputQuantizer or InputLayer { Type: not null };

    private static void QuantizeOutputs(List<Node> nodes, List<string> outputs, Model floating, int bits, QuantizationParams parameters)
    {
        foreach (string output in outputs)
        {
            Layer layer = floating[output].Layer;
            if (!layer.CanHoldOutputQuantizer)
            {
                throw new QuantException(
                    "LastOutputNotPossible",
                    QuantErrorKind.NotSupported,
                    $"Layer '{output}' ({layer.ClassName}) is the model's output and cannot hold an output quantizer. Leave LastOutputBits out, or end the model with a layer that computes.",
                    output);
            }

            int index = nodes.FindIndex(node => node.Name == output);
            var quantized = (QuantizedLayer)nodes[index].Layer;
            QuantSettings settings = quantized.Settings!.Clone();
            settings["output_quantizer"] = new QuantSettings
            {
                ["bitwidth"] = bits,
                ["buffer_bitwidth"] = parameters.BufferBits,
                ["scale_bits"] = bits >= 16 ? 16 : 8,
            };

            // Only the output changes: the layer may be the first one, which takes up the zero point of the inputs.
            QuantizedLayer other = layer.Quantize(settings, new QuantizationContext(parameters.WeightBits, parameters.BufferBits));
            nodes[index] = nodes[index] with
            {
                Layer = quantized with { Settings = other.Settings, OutputQuantizer = other.OutputQuantizer },
            };
        }
    }
}
