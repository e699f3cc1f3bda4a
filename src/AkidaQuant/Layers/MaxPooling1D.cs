namespace AkidaQuant.Layers;

/// <summary>The maximum of a window that moves along time, in float.</summary>
[LayerClass("MaxPooling1D")]
public sealed record MaxPooling1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        Image is MaxPooling2D image ? SequenceWindow.PoolingArguments(image.Window) : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static MaxPooling1D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Image = new MaxPooling2D { Name = arguments.Name, Window = SequenceWindow.ReadPooling(arguments) },
    };
}
