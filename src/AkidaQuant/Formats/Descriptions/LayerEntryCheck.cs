using System.Collections;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Checks a single layer before it is part of a network.</summary>
public static class LayerEntryCheck
{
    /// <summary>Requires that a class takes these arguments; whether the layer fits what feeds it, only its network can say.</summary>
    /// <param name="className">The class as people write it, such as <c>Conv2D</c>.</param>
    /// <param name="arguments">The arguments by their names in files, with <c>name</c> and <c>inputs</c> among them.</param>
    /// <exception cref="QuantException">
    /// <c>UnknownLayerClass</c>, <c>LayerArgumentUnknown</c>, <c>LayerArgumentInvalid</c> or <c>LayerArgumentMissing</c>; the message
    /// has the nearest name that there is.
    /// </exception>
    public static void Require(string className, IDictionary arguments)
    {
        DescriptionSource source = new(null);
        object? entry = PlainTree.Of(new Dictionary<string, object?> { [className] = arguments }, source, isLayer: true);
        LayerEntry layer = LayerEntryReader.Read(entry, DescriptionSource.Alone, source);
        _ = LayerEntryReader.Make(layer, layer.Name ?? className, source);
    }
}
