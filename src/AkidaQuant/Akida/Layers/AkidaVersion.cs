namespace AkidaQuant;

/// <summary>The generations of Akida processors, which differ in their layers (akida-model.md 1.1).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum AkidaVersion : long
{
    /// <summary>Akida 1.0: AKD1000, AKD1500.</summary>
    V1 = 1,

    /// <summary>Akida 2.0.</summary>
    V2 = 2,
}
