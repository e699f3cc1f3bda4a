using AkidaQuant.Execution;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>
/// The activation of the reference, in float, whose quantized form is a table (layers.md 5.2). Files and summaries
/// call it Activation, like the one of Keras.
/// </summary>
[LayerClass("Custom>Activation", Module = "quantizeml.layers.activations")]
public sealed record TableActivation : Layer
{
    private const int TableInputBits = 11;

    /// <summary>The function: gelu, swish, hard_silu or leaky_relu.</summary>
    public required string Function { get; init; }

    /// <summary>The slope of leaky_relu below 0.</summary>
    public double Alpha { get; init; } = TableFunction.DefaultAlpha;

    /// <inheritdoc/>
    public override string ClassName => "Activation";

    /// <inheritdoc/>
    public override bool IsActivation => true;

    /// <inheritdoc/>
    public override bool NeverFalls => Function == "leaky_relu" && Alpha >= 0;

    /// <inheritdoc/>
    public override int? AskedInputBits => TableInputBits;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("activation", Function), new("alpha", Alpha)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static TableActivation Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Function = ReadFunction(arguments),
        Alpha = arguments.Number("alpha", TableFunction.DefaultAlpha),
    };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => new(FloatInput(inputs), () => (tensors, output, batch) =>
    {
        Span<float> result = ((FloatData)output).Values(batch);
        ((FloatData)tensors[0]).Values(batch).CopyTo(result);
        TableFunction.Run(Function, Alpha, result);
    });

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings, QuantizerSettings.LutKey).CompleteTable();
        return new QuantizedActivation
        {
            Name = Name,
            Function = Function,
            Alpha = Alpha,
            Settings = complete.Settings,
            OutputQuantizer = complete.Output(1),
        };
    }

    internal static string ReadFunction(LayerArguments arguments) =>
        TableFunction.Normalize(arguments.OneOf("activation", ActivationFunction.Linear, [.. TableFunction.Names, "silu"]))!;
}

/// <summary>
/// An activation in integers: a table that has an entry for every integer of the input, made anew from the input's
/// fractional bits whenever the layer is prepared (layers.md 5.2).
/// </summary>
[LayerClass("Custom>QuantizedActivation", Module = "quantizeml.layers.activations")]
public sealed record QuantizedActivation : QuantizedLayer
{
    /// <summary>The name under which the table is recorded.</summary>
    internal const string RecordedTable = "lut_values";

    /// <summary>The largest inputs that get a table: wider ones would take gigabytes.</summary>
    private const int MostInputBits = 20;

    /// <summary>The function: gelu, swish, hard_silu or leaky_relu.</summary>
    public required string Function { get; init; }

    /// <summary>The slope of leaky_relu below 0.</summary>
    public double Alpha { get; init; } = TableFunction.DefaultAlpha;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("activation", Function), new("alpha", Alpha), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    public override Layer ToFloat() => new TableActivation { Name = Name, Function = Function, Alpha = Alpha };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedActivation Read(LayerArguments arguments)
    {
        QuantizerSettings settings = new(arguments.Name, arguments.Settings(), QuantizerSettings.LutKey);
        return new QuantizedActivation
        {
            Name = arguments.Name,
            Function = TableActivation.ReadFunction(arguments),
            Alpha = arguments.Number("alpha", TableFunction.DefaultAlpha),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(1),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = new(Name, Settings, QuantizerSettings.LutKey);
        QuantizedSpec input = FixedPointInput(inputs);
        if (!input.IsPerTensor)
        {
            throw DoesNotFit(
                "its table needs an input that is quantized per-tensor. Set the axis of the output_quantizer before it to 'per-tensor'.");
        }

        if (input.ValueBits > MostInputBits)
        {
            throw DoesNotFit($"its table would have 2^{input.ValueBits + 1} entries. Give the output_quantizer before it 11 bits.");
        }

        LookupTable table = LookupTable.Of(
            TableFunction.Exact(Function, Alpha),
            input.ValueBits,
            input.FracBits[0],
            settings.LutBitwidth - 1);
        recorded.Add(
            RecordedTable,
            new RecordedTensor(
                NdArray<long>.Vector(Array.ConvertAll(table.Values, value => (long)value)),
                table.ValueBits,
                ScalarOrVector<int>.Scalar(0),
                NdArray<float>.Scalar(table.Scale)));
        LayerTail tail = LayerTail.OfIntegers(input.Shape, input.Range);
        tail.AddTable(table.Values);
        QuantizedSpec output = new(
            input.Shape, table.ValueBits, ScalarOrVector<int>.Scalar(0), ScalarOrVector<float>.Scalar(table.Scale), tail.Range);
        return QuantizedTail.Create(this, output, tail, recorded).Prepare(null);
    }
}
