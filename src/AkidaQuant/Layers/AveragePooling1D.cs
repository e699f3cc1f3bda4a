namespace AkidaQuant.Layers;

/// <summary>The mean of a window that moves along time, in float; steps outside of the row do not count.</summary>
[LayerClass("AveragePooling1D")]
public sealed record AveragePooling1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        Image is AveragePooling2D image ? SequenceWindow.PoolingArguments(image.Window) : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static AveragePooling1D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Image = new AveragePooling2D { Name = arguments.Name, Window = SequenceWindow.ReadPooling(arguments) },
    };
}
