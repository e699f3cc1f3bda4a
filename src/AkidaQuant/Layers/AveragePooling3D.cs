using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>
/// The mean of a window that moves over images in time, in float. Where it spans the whole images of single steps,
/// quantization makes it into <see cref="GlobalAveragePooling2D"/> (transforms.md 4.4).
/// </summary>
[LayerClass("AveragePooling3D")]
public sealed record AveragePooling3D : Layer
{
    /// <summary>The window.</summary>
    public required VolumeWindow Window { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Window.PoolingArguments();

    /// <summary>Makes the layer from stored arguments.</summary>
    public static AveragePooling3D Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Window = VolumeWindow.ReadPooling(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        VolumeGeometry geometry = Window.Over(this, input, input.Channels);
        return PreparedLayer.Divided(new FloatSpec(geometry.OutputShape), () =>
        {
            AveragePooling pooling = new(geometry);
            return (tensors, output, batch, share) =>
                pooling.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        });
    }
}
