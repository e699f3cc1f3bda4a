namespace AkidaQuant.Layers;

/// <summary>Zeros before and behind a row in time, in float.</summary>
[LayerClass("ZeroPadding1D")]
public sealed record ZeroPadding1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image is ZeroPadding2D image
        ? [new("padding", LayerArguments.ListOf(image.Columns)), LayerArguments.ChannelsLast]
        : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ZeroPadding1D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new ZeroPadding1D
        {
            Name = arguments.Name,
            Image = new ZeroPadding2D { Name = arguments.Name, Rows = (0, 0), Columns = arguments.Ends("padding", 1) },
        };
    }
}
