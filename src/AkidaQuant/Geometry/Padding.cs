namespace AkidaQuant.Geometry;

/// <summary>How the border of an image is treated.</summary>
public enum Padding
{
    /// <summary>No padding: the kernel stays inside.</summary>
    Valid,

    /// <summary>The output has the input's size divided by the stride, rounded up; the larger half of the padding goes behind.</summary>
    Same,

    /// <summary>As <see cref="Same"/>, but the larger half of the padding goes before.</summary>
    SameUpper,

    /// <summary>Given amounts on each side: <see cref="EdgePads"/>.</summary>
    Explicit,
}
