using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>The mean of a moving window, in float; cells outside of the image do not count. It has no quantized form.</summary>
[LayerClass("AveragePooling2D")]
public sealed record AveragePooling2D : Layer
{
    /// <summary>The window.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Window.PoolingArguments();

    /// <summary>Makes the layer from stored arguments.</summary>
    public static AveragePooling2D Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Window = ConvolutionWindow.ReadPooling(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        ConvolutionGeometry geometry = Window.OverPool(this, input);
        return PreparedLayer.Divided(new FloatSpec(geometry.OutputShape), () =>
        {
            AveragePooling pooling = new(new VolumeGeometry(geometry, 1, 1, 1, 1, 0, 1));
            return (tensors, output, batch, share) =>
                pooling.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        });
    }
}
