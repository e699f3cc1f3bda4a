using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Quantization;

/// <summary>
/// Gives sums that a global average takes as they are, too many and too fine for its buffer, an output quantizer: of the rectifier
/// before the average, else of the layer with the kernel. Behind it comes an identity convolution, since an average has no place of its
/// own on Akida: it ends a convolution. A range that fractional bits cannot hold (numerics.md 2.2) is rescaled up to
/// the quantizer behind the average, whose rate takes that back.
/// </summary>
internal static class AverageFit
{
    private const int BufferBits = 32;
    private const int SignedBits = 8;
    private const float LeastRange = 0.5f;

    /// <summary>Weights of ones are exact at any number of bits, and the fewest leave the most of the buffer to sums.</summary>
    private const int IdentityWeightBits = 4;

    /// <summary>The model with these output quantizers, and its float network, with the same identity convolutions.</summary>
    /// <param name="model">The calibrated model.</param>
    /// <param name="floating">The float network with the same layer names.</param>
    /// <param name="averages">The layers with a kernel, and the average behind each.</param>
    /// <param name="seen">What samples say of the ranges.</param>
    /// <param name="changes">Takes what was changed.</param>
    public static (Model Model, Model Floating) Apply(
        Model model,
        Model floating,
        IEnumerable<(string Layer, Node Average)> averages,
        SeenMagnitudes seen,
        List<FitChange> changes)
    {
        GraphEditor quantizedEditor = new(model);
        GraphEditor floatEditor = new(floating);
        foreach ((string layer, Node average) in averages)
        {
            string name = Front(model, layer);
            var front = (QuantizedLayer)model.NodeOf(name).Layer;
            Node behind = Behind(model, average, out bool isLinear);
            OutputQuantizer averaged = ((QuantizedLayer)behind.Layer).OutputQuantizer!;
            OutputQuantizer added = Added(front is QuantizedReLU, averaged, seen[name], isLinear, out float rate);
            quantizedEditor.Replace(front with { Settings = WithSettings(front, added), OutputQuantizer = added });
            quantizedEditor.Replace((QuantizedLayer)behind.Layer with
            {
                OutputQuantizer = averaged with { RescalingRate = averaged.RescalingRate.Map(value => value / rate) },
            });
            string identity = InsertIdentity(model, average, quantizedEditor, floatEditor);
            changes.Add(new FitChange(
                name,
                SettingKeys.OutputQuantizer,
                "none",
                string.Create(CultureInfo.InvariantCulture, $"{added.Bitwidth} bits"),
                $"'{average.Name}' adds up more and finer sums than {BufferBits} bits hold with their scale{identity}."));
        }

        return (quantizedEditor.Build(), floatEditor.Build());
    }

    /// <summary>
    /// A float network with the identity convolutions that one quantized before got, so that its layers and the configuration of the
    /// quantized one have the same names.
    /// </summary>
    /// <param name="floating">The rewritten float network.</param>
    /// <param name="isNamed">Whether the quantized network, or its configuration, has a layer of that name.</param>
    public static Model WithIdentities(Model floating, Func<string, bool> isNamed)
    {
        GraphEditor editor = new(floating);
        foreach (Node average in floating.Nodes.Where(node => node.Layer is GlobalAveragePooling2D))
        {
            string name = NameOfIdentity(average);
            if (isNamed(name) && !editor.IsTaken(name) && IdentityConvolution.Channels(floating, average.Inputs[0]) is { } channels)
            {
                editor.InsertBefore(average.Name, 0, IdentityConvolution.Create(name, channels));
            }
        }

        return editor.Build();
    }

    private static string NameOfIdentity(Node average) => $"{average.Name}{IdentityConvolution.Suffix}";

    /// <summary>Puts an identity convolution before an average, and gives the end of a sentence that says so.</summary>
    private static string InsertIdentity(Model model, Node average, GraphEditor quantized, GraphEditor floating)
    {
        // A convolution of one channel would be a depthwise one, behind which no average stands.
        int channels = IdentityConvolution.Channels(model, average.Inputs[0]) ?? 0;
        if (channels < 2)
        {
            return string.Empty;
        }

        string name = quantized.FreeName(NameOfIdentity(average));
        Conv2D identity = IdentityConvolution.Create(name, channels);
        quantized.InsertBefore(average.Name, 0, identity.Quantize(null, new QuantizationContext(IdentityWeightBits, BufferBits)));
        floating.InsertBefore(average.Name, 0, identity);
        return $"; the convolution '{name}', which changes nothing, stands before it";
    }

    private static OutputQuantizer Added(bool isRectified, OutputQuantizer averaged, float[] ranges, bool isLinear, out float rate)
    {
        float widest = ranges.Max();
        bool perAxis = widest >= LeastRange || !isLinear || !float.IsNormal(widest);
        float taken = perAxis ? 1f : RangeApplication.Ideal(1f, averaged.Bitwidth) / widest;
        rate = taken;
        NdArray<float> range = perAxis
            ? NdArray<float>.Vector(Array.ConvertAll(ranges, value => float.IsNormal(value) ? value : widest))
            : NdArray<float>.Scalar(widest * taken);
        return new OutputQuantizer
        {
            Bitwidth = averaged.Bitwidth,
            Signed = !isRectified || averaged.Bitwidth >= SignedBits,
            PerAxis = perAxis,
            RangeMax = range,
            RescalingRate = range.Map(_ => taken),
        };
    }

    private static QuantSettings WithSettings(QuantizedLayer front, OutputQuantizer added)
    {
        QuantSettings quantizer = new() { [SettingKeys.Bitwidth] = added.Bitwidth };
        if (front is QuantizedReLU || !added.Signed)
        {
            quantizer[SettingKeys.Signed] = added.Signed;
        }

        quantizer[SettingKeys.Axis] = added.PerAxis ? OutputAxisRule.PerAxis : OutputAxisRule.PerTensor;
        quantizer[SettingKeys.BufferBitwidth] = BufferBits;
        QuantSettings settings = front.Settings!.Clone();
        settings[SettingKeys.OutputQuantizer] = quantizer;
        return settings;
    }

    /// <summary>The layer whose quantizer takes the average, and whether what comes before it takes any scaling.</summary>
    private static Node Behind(Model model, Node average, out bool isLinear)
    {
        isLinear = true;
        Node node = average;
        while (node.Layer is not QuantizedLayer { OutputQuantizer: not null })
        {
            node = model.Consumers(node.Name)[0];
            isLinear &= node.Layer is not QuantizedReLU { MaxValue: not null };
        }

        return node;
    }

    /// <summary>The last layer before an average that can have an output quantizer.</summary>
    private static string Front(Model model, string layer)
    {
        string front = layer;
        for (Node node = model.NodeOf(layer); node.Layer is not QuantizedGlobalAveragePooling2D; node = model.Consumers(node.Name)[0])
        {
            front = node.Layer is QuantizedReLU ? node.Name : front;
        }

        return front;
    }
}
