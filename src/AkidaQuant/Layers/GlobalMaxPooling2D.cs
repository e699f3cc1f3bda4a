using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Layers;

/// <summary>The maximum over all positions of an image, in float.</summary>
[LayerClass("GlobalMaxPooling2D")]
public sealed record GlobalMaxPooling2D : Layer
{
    /// <summary>Whether the output keeps its two spatial axes, of size 1.</summary>
    public bool KeepDims { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [LayerArguments.ChannelsLast, new("keepdims", KeepDims)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static GlobalMaxPooling2D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new GlobalMaxPooling2D { Name = arguments.Name, KeepDims = arguments.Bool("keepdims", false) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        return PreparedLayer.Divided(new FloatSpec(GlobalAveragePooling2D.Reduce(this, input, KeepDims)), () =>
        {
            MaxPooling pooling = new(ConvolutionGeometry.Create(
                input, (input[0], input[1]), (1, 1), (1, 1), Padding.Valid, input.Channels));
            return (tensors, output, batch, share) =>
                pooling.Run<float>(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        });
    }
}
