using AkidaQuant.Akida.Layers;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Reads Akida layers that parameters were given.</summary>
internal static class AkidaLayerArgument
{
    /// <summary>The layer that a parameter was given.</summary>
    /// <exception cref="QuantException"><c>LayerArgumentInvalid</c>: it is none.</exception>
    public static AkidaLayer Read(object? value) => Given.Unwrap(value) as AkidaLayer ?? throw new QuantException(
        "LayerArgumentInvalid",
        QuantErrorKind.InvalidArgument,
        $"-Layer takes Akida layers, but was given {Given.Describe(value)}. New-AkidaLayer makes them, and the property Layers of an Akida model has some.",
        value);
}
