namespace AkidaQuant.Layers;

/// <summary>The mean of each channel over all steps, in float.</summary>
[LayerClass("GlobalAveragePooling1D")]
public sealed record GlobalAveragePooling1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image.Arguments;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static GlobalAveragePooling1D Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Image = GlobalAveragePooling2D.Read(arguments) };
}
