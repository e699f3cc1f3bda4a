namespace AkidaQuant;

/// <summary>The generations of Akida processors, which differ in their layers (akida-model.md 1.1).</summary>
public enum AkidaVersion
{
    /// <summary>Akida 1.0: AKD1000, AKD1500.</summary>
    V1 = 1,

    /// <summary>Akida 2.0.</summary>
    V2 = 2,
}
