namespace AkidaQuant.Layers;

/// <summary>The maximum of each channel over all steps, in float.</summary>
[LayerClass("GlobalMaxPooling1D")]
public sealed record GlobalMaxPooling1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image.Arguments;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static GlobalMaxPooling1D Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Image = GlobalMaxPooling2D.Read(arguments) };
}
