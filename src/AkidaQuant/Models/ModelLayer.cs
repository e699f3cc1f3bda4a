using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Models;

/// <summary>
/// A layer as it is in its model, for people: what it is, what it gives, and for quantized layers the integers, scales and shifts that
/// its quantizers derive there. Everything is worked out when it is asked for; arrays are copies, rows of numbers
/// show their members where files of rows hold them. What a layer does not have is null.
/// </summary>
public sealed class ModelLayer
{
    private readonly Model _model;
    private readonly Node _node;

    internal ModelLayer(Model model, Node node)
    {
        _model = model;
        _node = node;
    }

    /// <summary>The name, unique within the model.</summary>
    public string Name => _node.Name;

    /// <summary>The class name that summaries and files show, such as <c>QuantizedConv2D</c>.</summary>
    public string ClassName => Layer.ClassName;

    /// <summary>The names of the layers that feed it.</summary>
    public ValueList<string> Inputs => [.. _node.Inputs];

    /// <summary>The shape that it gives, without the batch; null while the model's input shape is open.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public Shape? OutputShape => Step?.Prepared.Output.Shape;

    /// <summary>
    /// Bits of the integers that it gives, those of the sums where no quantizer follows them; null where it gives floats. As in summaries.
    /// </summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public int? OutputBits => _model.InputShape.IsKnown ? _model.OutputBitsOf(Name) : null;

    /// <summary>Bits of its input or output quantizer, the sign included.</summary>
    public int? Bitwidth => Layer switch
    {
        InputQuantizer quantizer => quantizer.Bitwidth,
        IntegerInputQuantizer => OutputBits,
        QuantizedLayer { OutputQuantizer: { } quantizer } => quantizer.Bitwidth,
        _ when Rescaling is not null => OutputBits,
        _ => null,
    };

    /// <summary>Whether the integers of its input or output quantizer have a sign.</summary>
    public bool? Signed => Layer switch
    {
        InputQuantizer quantizer => quantizer.Signed,
        IntegerInputQuantizer quantizer => quantizer.IsSigned,
        QuantizedLayer { OutputQuantizer: { } quantizer } => quantizer.Signed,
        _ when Rescaling is not null => true,
        _ => null,
    };

    /// <summary>
    /// The integers that make one unit, one or one a channel: a value is <c>(integer - Offset) / Scale</c>. Those that the layer gives; a
    /// Dequantizer's are those that it takes. For a quantizer to powers of two it is 2^<see cref="FracBits"/>.
    /// </summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<double>? Scale => Integers is not { } spec
        ? null
        : spec.Scales is { } steps
            ? [.. spec.FracBits.Zip(steps, (bits, step) => Math.ScaleB(1, bits) / step).Span]
            : [.. spec.FracBits.Map(bits => Math.ScaleB(1, bits)).Span];

    /// <summary>The integers that stand for 0, one or one a channel, of an unsigned input quantizer.</summary>
    /// <exception cref="QuantException">The ranges of the quantizer are not usable.</exception>
    public ValueList<long>? Offset => Layer is IntegerInputQuantizer { IsSigned: false } quantizer
        ? [.. quantizer.ZeroPoints]
        : Recorded?.Tensor("zero_points") is { } points ? [.. points.Values.Values] : null;

    /// <summary>Fractional bits, one or one a channel, of the integers that <see cref="Scale"/> is about.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<int>? FracBits => Integers is { } spec ? [.. spec.FracBits.Span] : null;

    /// <summary>The least values that calibration saw of the input, one or one a channel.</summary>
    public ValueList<float>? RangeMin => Layer is InputQuantizer quantizer ? [.. quantizer.RangeMin.Values] : null;

    /// <summary>The greatest values that calibration saw, one or one a channel: of the input, or of the output for its quantizer.</summary>
    public ValueList<float>? RangeMax => Layer switch
    {
        InputQuantizer quantizer => [.. quantizer.RangeMax.Values],
        QuantizedLayer { OutputQuantizer: { } quantizer } => [.. quantizer.RangeMax.Values],
        _ => null,
    };

    /// <summary>What the output quantizer multiplies sums with before it shifts them, one or one a channel.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<long>? OutputScale => Rescaling?.Factors is { } factors
        ? [.. factors]
        : Recorded?.Tensor("out_quantizer/qscales") is { } scales ? [.. scales.Values.Values] : null;

    /// <summary>How far the output quantizer shifts, to the left where positive, one or one a channel.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<int>? OutputShift => Rescaling?.Shifts is { } shifts
        ? [.. shifts]
        : Recorded?.Integers("out_quantizer/shift") is { } shift ? [.. shift.Values] : null;

    /// <summary>
    /// The weights in float32: the first kernel of layers with several, which <see cref="Variables"/> has all of. Null where only their
    /// integers are known.
    /// </summary>
    public NdArray<float>? Weights =>
        Kernel?.Source is { } source ? Copy(source)
        : Layer is not IntegerLayer && Layer.HasQuantizableWeights && Layer.Variables is [var first, ..] ? Copy(first.Value)
        : null;

    /// <summary>The weights in integers.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public NdArray<long>? IntegerWeights => Layer is IntegerWeightedLayer { Kernel: var kernel }
        ? kernel.Map(weight => (long)weight)
        : Kernel is { } weights ? Copy(weights.Values) : null;

    /// <summary>What an integer weight stands for, one or one a channel: weights are <see cref="IntegerWeights"/> times this.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<double>? WeightScale => Kernel switch
    {
        null => null,
        { Scales: { } scales } => [.. scales.Values.Select(scale => (double)scale)],
        var kernel => [.. kernel.FracBits.Map(bits => Math.ScaleB(1, -bits)).Span],
    };

    /// <summary>The bias in float32.</summary>
    public NdArray<float>? Bias => Layer is not IntegerLayer && Variables.TryGetValue("bias", out NdArray<float>? bias) ? bias : null;

    /// <summary>The bias in integers, which are added to the sums.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public NdArray<long>? IntegerBias => Layer is IntegerWeightedLayer { Tail.Bias: { } given }
        ? NdArray<int>.Vector(given).Map(value => (long)value)
        : Recorded?.Tensor("bias_quantizer/qweights") is { } bias ? Copy(bias.Values) : null;

    /// <summary>The stored arrays by their short names: <c>kernel</c>, <c>bias</c>, <c>output_quantizer/range_max</c>.</summary>
    public LayerDictionary<NdArray<float>> Variables =>
        new(Layer.Variables.Select(variable => KeyValuePair.Create(ShortName(variable.Name), Copy(variable.Value))));

    /// <summary>
    /// All that was derived from weights and ranges, by the names of the reference: <c>weight_quantizer/qweights</c>,
    /// <c>out_quantizer/shift</c>, <c>input_shift</c> and so on. Values are <see cref="NdArray{T}"/> of long, int or float.
    /// </summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public LayerDictionary<object> QuantizationVariables =>
        new((Recorded ?? []).Select(entry => KeyValuePair.Create(entry.Key, Copied(entry.Value))));

    /// <summary>The arguments under their names in files: <c>filters</c>, <c>kernel_size</c>.</summary>
    public LayerDictionary<object?> Arguments => new(Layer.Arguments);

    /// <summary>The layer itself.</summary>
    public Layer Layer => _node.Layer;

    private PlanStep<Node>? Step => _model.InputShape.IsKnown ? _model.Plan[Name] : null;

    private RecordedVariables? Recorded => Layer is QuantizedLayer or InputQuantizer or Dequantizer ? Step?.Prepared.Recorded : null;

    private RecordedTensor? Kernel =>
        Recorded?.Where(entry => entry.Key.EndsWith("/qweights", StringComparison.Ordinal)).Select(entry => entry.Value)
            .OfType<RecordedTensor>().FirstOrDefault(tensor => tensor is { IsAligned: false, Source: not null });

    private QuantizedSpec? Integers => Layer switch
    {
        Dequantizer { Scales: { } scales } when Step?.Taken[0] is QuantizedSpec taken => taken with { Scales = scales },
        Dequantizer => Step?.Taken[0] as QuantizedSpec,
        _ => Step?.Prepared.Output as QuantizedSpec,
    };

    private IntegerRescaling? Rescaling => Layer switch
    {
        IntegerWeightedLayer layer => layer.Tail.Rescaling,
        IntegerAdd layer => layer.Rescaling,
        _ => null,
    };

    private string ShortName(string variable)
    {
        string name = variable.StartsWith($"{Name}/", StringComparison.Ordinal) ? variable[(Name.Length + 1)..] : variable;
        return name.EndsWith(":0", StringComparison.Ordinal) ? name[..^2] : name;
    }

    private static object Copied(object recorded) => recorded switch
    {
        RecordedTensor tensor => Copy(tensor.Values),
        NdArray<int> integers => Copy(integers),
        _ => Copy((NdArray<float>)recorded),
    };

    private static NdArray<T> Copy<T>(NdArray<T> array) => new(array.Shape, [.. array.Values]);

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Name} ({ClassName})");
}
