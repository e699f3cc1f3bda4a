using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>
/// A dense layer over the last axis of a sequence, which can leave time steps out before the product, in float
/// (layers.md 4.7). In spite of its name it remembers nothing.
/// </summary>
[LayerClass("Custom>StatefulProjection", Module = "quantizeml.layers.stateful_recurrent")]
public sealed record StatefulProjection : Dense
{
    /// <summary>One time step of so many is kept, the last of each few.</summary>
    public int Subsample { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [.. base.Arguments, new("subsample", (long)Subsample)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static new StatefulProjection Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Units = arguments.Int("units"),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
        Subsample = ReadSubsample(arguments),
    };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        Subsampled(this, FloatInput(inputs), Subsample, kept => base.Prepare([kept]));

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        var dense = (QuantizedDense)base.Quantize(settings, context);
        return new QuantizedStatefulProjection
        {
            Name = Name,
            Units = Units,
            Kernel = Kernel,
            UseBias = UseBias,
            Bias = Bias,
            Subsample = Subsample,
            Settings = dense.Settings,
            OutputQuantizer = dense.OutputQuantizer,
        };
    }

    internal static int ReadSubsample(LayerArguments arguments) => arguments.Int("subsample", 1) is > 0 and var subsample
        ? subsample
        : throw arguments.Wrong("subsample", arguments["subsample"], "a positive integer");

    /// <summary>A layer prepared for the time steps that are kept.</summary>
    /// <exception cref="QuantException">The time steps are no multiple.</exception>
    internal static PreparedLayer Subsampled(Layer layer, TensorSpec input, int subsample, Func<TensorSpec, PreparedLayer> prepare)
    {
        if (subsample == 1)
        {
            return prepare(input);
        }

        Shape shape = input.Shape;
        if (shape.Rank < 2 || (shape[0] != Shape.Unknown && shape[0] % subsample != 0))
        {
            throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): it keeps one time step of {subsample}, so its input must be a sequence of a multiple of {subsample} time steps, but it is {shape}.",
                layer.Name);
        }

        TensorSpec kept = input with
        {
            Shape = new Shape([shape[0] == Shape.Unknown ? Shape.Unknown : shape[0] / subsample, .. shape.Skip(1)]),
        };
        PreparedLayer prepared = prepare(kept);
        return new PreparedLayer(prepared.Output, () =>
        {
            Operation operation = prepared.CreateOperation();
            TimeSubsampling subsampling = new(subsample, shape.Size / shape[0]);
            int size = kept.Shape.Size;
            return (tensors, output, batch) =>
            {
                if (tensors[0] is FloatData floats)
                {
                    FloatData steps = new(size, batch);
                    subsampling.Run(floats.Values(batch), steps.Values(batch));
                    operation([steps], output, batch);
                    return;
                }

                var values = (IntegerData)tensors[0];
                using var integers = IntegerData.Rent(size, batch, values.Storage);
                subsampling.Run(values, integers, batch);
                operation([integers], output, batch);
            };
        })
        {
            Recorded = prepared.Recorded,
        };
    }
}

/// <summary>A dense layer over the last axis of a sequence, which can leave time steps out, in integers (layers.md 4.7).</summary>
[LayerClass("Custom>QuantizedStatefulProjection", Module = "quantizeml.layers.stateful_recurrent")]
public sealed record QuantizedStatefulProjection : QuantizedDense
{
    /// <summary>One time step of so many is kept, the last of each few.</summary>
    public int Subsample { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        .. base.Arguments.Where(argument => argument.Key != "quant_config"),
        new("subsample", (long)Subsample),
        new("quant_config", Settings ?? []),
    ];

    /// <inheritdoc/>
    public override Layer ToFloat() => new StatefulProjection
    {
        Name = Name,
        Units = Units,
        Kernel = Kernel,
        UseBias = UseBias,
        Bias = Bias,
        Subsample = Subsample,
    };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static new QuantizedStatefulProjection Read(LayerArguments arguments)
    {
        QuantizedDense dense = QuantizedDense.Read(arguments);
        return new QuantizedStatefulProjection
        {
            Name = dense.Name,
            Units = dense.Units,
            UseBias = dense.UseBias,
            Subsample = StatefulProjection.ReadSubsample(arguments),
            Settings = dense.Settings,
            OutputQuantizer = dense.OutputQuantizer,
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        StatefulProjection.Subsampled(this, QuantizedInput(inputs), Subsample, kept => base.Prepare([kept]));
}
