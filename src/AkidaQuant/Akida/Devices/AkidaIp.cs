namespace AkidaQuant.Akida.Devices;

/// <summary>The designs of processors, which differ in what they take (akida-model.md 1.1).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum AkidaIp : long
{
    /// <summary>Akida 1.0: AKD1000, AKD1500 and the design of two nodes.</summary>
    V1 = 1,

    /// <summary>Akida 2.0 and its FPGA builds.</summary>
    V2 = 2,

    /// <summary>Akida Pico, which takes recurrent layers of Akida 2.0 models only.</summary>
    Pico = 3,
}

/// <summary>Names of designs for people.</summary>
internal static class AkidaIps
{
    /// <summary>The name: <c>Akida 1.0</c>.</summary>
    public static string Title(this AkidaIp ip) => ip == AkidaIp.Pico ? "Akida Pico" : $"Akida {(int)ip}.0";
}
