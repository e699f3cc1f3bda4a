namespace AkidaQuant.Geometry;

/// <summary>How the border of an image is treated.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum Padding : long
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
