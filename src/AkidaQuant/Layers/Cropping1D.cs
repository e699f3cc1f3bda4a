namespace AkidaQuant.Layers;

/// <summary>A row in time without some steps at its ends, in float.</summary>
[LayerClass("Cropping1D")]
public sealed record Cropping1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        Image is Cropping2D image ? [new("cropping", LayerArguments.ListOf(image.Columns))] : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Cropping1D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new Cropping1D
        {
            Name = arguments.Name,
            Image = new Cropping2D { Name = arguments.Name, Rows = (0, 0), Columns = arguments.Ends("cropping", 1) },
        };
    }
}
