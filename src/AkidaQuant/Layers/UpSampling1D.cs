namespace AkidaQuant.Layers;

/// <summary>A row in time whose steps are repeated, in float.</summary>
[LayerClass("UpSampling1D")]
public sealed record UpSampling1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        Image is UpSampling2D image ? [new("size", (long)image.Size.Width)] : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static UpSampling1D Read(LayerArguments arguments) => arguments.Single("size", 2) is var size and > 0 and <= ImageCells.Most
        ? new UpSampling1D
        {
            Name = arguments.Name,
            Image = new UpSampling2D { Name = arguments.Name, Size = (1, size) },
        }
        : throw arguments.Wrong("size", arguments["size"], "a positive integer");
}
