using System.Globalization;

namespace AkidaQuant;

/// <summary>A tensor that a layer of an Akida model remembers of each stream, for people.</summary>
/// <param name="Model">The Akida model.</param>
/// <param name="Part">The part of the model that the layer belongs to: the model itself, or what runs behind its integers.</param>
/// <param name="Layer">The layer.</param>
/// <param name="TypeName">Its type.</param>
/// <param name="Shape">The dimensions for one stream: of a queue of frames <c>(rows, columns, frames, channels)</c>.</param>
/// <param name="Bits">The bits of a value.</param>
/// <param name="Bytes">The size for one stream, its values packed to their bits.</param>
public sealed record AkidaStreamState(string Model, string Part, string Layer, string TypeName, string Shape, int Bits, long Bytes)
{
    /// <summary>The layer and the tensor: <c>buffer: 8-bit (1, 1, 4, 2)</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Layer}: {Bits}-bit {Shape}"));
}
