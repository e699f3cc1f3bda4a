using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>The maximum of a moving window, in float.</summary>
[LayerClass("MaxPooling2D")]
public sealed record MaxPooling2D : Layer
{
    /// <summary>The window.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Window.PoolingArguments();

    /// <summary>Makes the layer from stored arguments.</summary>
    public static MaxPooling2D Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Window = ConvolutionWindow.ReadPooling(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        ConvolutionGeometry geometry = Window.OverPool(this, input);
        return PreparedLayer.Divided(new FloatSpec(geometry.OutputShape), () =>
        {
            MaxPooling pooling = new(geometry);
            return (tensors, output, batch, share) =>
                pooling.Run<float>(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedMaxPool2D { Name = Name, Window = Window };
    }
}

/// <summary>The maximum of a moving window of integers (layers.md 6.1).</summary>
[LayerClass("Custom>QuantizedMaxPool2D", Module = "quantizeml.layers.pooling")]
public sealed record QuantizedMaxPool2D : QuantizedLayer
{
    /// <summary>The window.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Window.PoolingArguments();

    /// <inheritdoc/>
    public override Layer ToFloat() => new MaxPooling2D { Name = Name, Window = Window };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedMaxPool2D Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Window = ConvolutionWindow.ReadPooling(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = QuantizedInput(inputs);
        ConvolutionGeometry geometry = Window.OverPool(this, input.Shape);
        return PreparedLayer.Divided(input with { Shape = geometry.OutputShape }, () =>
        {
            IntegerMaxPooling pooling = new(geometry);
            return (tensors, output, batch, share) => pooling.Run((IntegerData)tensors[0], (IntegerData)output, batch, share);
        });
    }
}
