using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Models;

/// <summary>
/// By how much the tensors of a quantized model are larger than those of the network that it stands for, one factor for a tensor or
/// one a channel: output quantizers multiply with their rescaling rates, layers without a kernel pass that on, and kernels, which
/// were divided by it, take it up (quantize.md 12.1).
/// </summary>
/// <remarks>
/// Equalization rescales where one kernel follows. The factors are followed through additions, concatenations and to several
/// consumers, too, because integers are as right there, as long as all that meets has the same factors.
/// </remarks>
internal sealed class RescalingDomains
{
    private static readonly ScalarOrVector<float> One = ScalarOrVector<float>.Scalar(1f);

    private readonly Model _model;
    private readonly Dictionary<string, ScalarOrVector<float>> _factors = new(StringComparer.Ordinal);

    /// <summary>The quantizer that the factors of a tensor come from, for messages.</summary>
    private readonly Dictionary<string, Node> _origins = new(StringComparer.Ordinal);

    /// <summary>No factors yet; <see cref="Follow"/> adds those of one layer after the other.</summary>
    public RescalingDomains(Model model)
    {
        _model = model;
    }

    /// <summary>The factors of the output of a layer.</summary>
    /// <exception cref="KeyNotFoundException">There is no such layer.</exception>
    public ScalarOrVector<float> this[string layer] => _factors[layer];

    /// <summary>Works out the factors of every tensor.</summary>
    /// <exception cref="QuantException">
    /// <c>FloatSourceUnknown</c>: rescaled values reach a layer that is no function of them, or meet others.
    /// </exception>
    public static RescalingDomains Of(Model model)
    {
        RescalingDomains domains = new(model);
        foreach (Node node in model.Nodes)
        {
            domains.Follow(node);
        }

        foreach (string output in model.Outputs)
        {
            domains.RequireOne(model.NodeOf(output), output);
        }

        return domains;
    }

    /// <summary>Works out the factors of what a layer gives, those of its inputs known.</summary>
    /// <exception cref="QuantException"><c>FloatSourceUnknown</c>.</exception>
    public void Follow(Node node)
    {
        ScalarOrVector<float> passed = Passed(node);
        _factors[node.Name] = Rated(node.Layer) is { } quantizer ? Product(passed, RateOf(node, quantizer)) : passed;
    }

    /// <summary>The factors that the output of a layer has before its own quantizer.</summary>
    public ScalarOrVector<float> Passed(Node node) => Pass(node, [.. node.Inputs.Select(input => _factors[input])]);

    /// <summary>
    /// The output quantizer whose rate counts; none on sums without scales, which have nothing to apply it to (numerics.md 5.4).
    /// </summary>
    public static OutputQuantizer? Rated(Layer layer) =>
        layer is QuantizedLayer { OutputQuantizer: { } quantizer } and not (QuantizedAdd or QuantizedStatefulRecurrent) ? quantizer : null;

    /// <summary>The factors of a tensor that a layer takes, one for the tensor or one for each of its channels.</summary>
    public ScalarOrVector<float> OfInput(Node node, int index = 0) => node.Inputs.Count == 0 ? One : _factors[node.Inputs[index]];

    /// <summary>Whether the factors are all 1.</summary>
    public static bool IsOne(ScalarOrVector<float> factors) => !factors.Span.ContainsAnyExcept(1f);

    /// <summary>The factors of channels that come round and round behind a reshape; as they are where the number fits.</summary>
    /// <param name="factors">One factor, or one for each channel of the input of the reshape.</param>
    /// <param name="channels">The channels of what the reshape gives.</param>
    /// <returns>The factors; null where the channels do not come round.</returns>
    public static ScalarOrVector<float>? Repeat(ScalarOrVector<float> factors, int channels)
    {
        if (factors.Count == 1 || factors.Count == channels)
        {
            return factors.Count == 1 ? ScalarOrVector<float>.Scalar(factors.Span[0]) : factors;
        }

        if (channels % factors.Count != 0)
        {
            return null;
        }

        float[] repeated = new float[channels];
        for (int i = 0; i < channels; i++)
        {
            repeated[i] = factors[i % factors.Count];
        }

        return ScalarOrVector<float>.Vector(repeated);
    }

    /// <summary>Both factors, one after the other.</summary>
    public static ScalarOrVector<float> Product(ScalarOrVector<float> first, ScalarOrVector<float> second) =>
        IsOne(first) && first.Count == 1 ? second
        : IsOne(second) && second.Count == 1 ? first
        : first.Zip(second, (left, right) => left * right);

    private ScalarOrVector<float> Pass(Node node, ScalarOrVector<float>[] inputs)
    {
        int first = Array.FindIndex(inputs, factors => !IsOne(factors));
        if (first < 0)
        {
            return One;
        }

        if (!_origins.ContainsKey(node.Name))
        {
            _origins[node.Name] = _origins[node.Inputs[first]];
        }

        switch (node.Layer)
        {
            case { Equalization: Equalization.Absorbs or Equalization.AbsorbsOneRate }:
                return One;
            case { Equalization: Equalization.Passes } or QuantizedReLU { MaxValue: null } or QuantizedRescaling:
                return inputs[0];
            case QuantizedReLU when inputs[0].Count == 1:
                return inputs[0];
            case { Equalization: Equalization.Reshapes }:
                return Repeat(inputs[0], inputs[0].Count == 1 ? 1 : Channels(node.Name)) ?? throw Unknown(node);
            case QuantizedConcatenate when Channels(node.Name) == node.Inputs.Sum(Channels):
                return ScalarOrVector<float>.Vector(
                    [.. inputs.SelectMany((factors, index) => factors.Expand(Channels(node.Inputs[index])))]);
            case QuantizedAdd or QuantizedConcatenate:
                ScalarOrVector<float> all = inputs.MaxBy(factors => factors.Count);
                return inputs.All(factors => Same(factors, all)) ? all : throw Unknown(node);
            default:
                throw Unknown(node);
        }
    }

    private int Channels(string layer) => _model.Plan[layer].Prepared.Output.Shape.Channels;

    private ScalarOrVector<float> RateOf(Node node, OutputQuantizer quantizer)
    {
        ScalarOrVector<float> rates = ScalarOrVector<float>.From(quantizer.RescalingRate);
        if (IsOne(rates))
        {
            return One;
        }

        _origins[node.Name] = node;
        return Array.TrueForAll(rates.Span.ToArray(), rate => float.IsNormal(rate) && rate > 0) ? rates : throw Unknown(node);
    }

    private void RequireOne(Node node, string output)
    {
        if (!IsOne(_factors[output]))
        {
            throw Unknown(node);
        }
    }

    private static bool Same(ScalarOrVector<float> left, ScalarOrVector<float> right)
    {
        for (int i = 0; i < right.Count; i++)
        {
            if (left[left.Count == 1 ? 0 : i] != right[i])
            {
                return false;
            }
        }

        return true;
    }

    private QuantException Unknown(Node node)
    {
        Node origin = _origins.GetValueOrDefault(node.Name, node);
        return new QuantException(
            "FloatSourceUnknown",
            QuantErrorKind.InvalidData,
            $"The float network behind the model '{_model.Name}' cannot be worked out: the output of layer '{origin.Name}' ({origin.Layer.ClassName}) was rescaled, and no layer behind it took that up. Quantize the float model that it came from.",
            origin.Name);
    }
}
