namespace AkidaQuant.Checks;

/// <summary>Ratios of energies in decibels.</summary>
internal static class Decibels
{
    /// <summary>What stands for no error at all, and with a minus for no signal: float rounding alone is about as much.</summary>
    public const double Most = 150;

    /// <summary>Signal to noise.</summary>
    public static double Of(double signal, double noise) =>
        noise == 0 ? Most : signal == 0 ? -Most : Math.Clamp(10 * Math.Log10(signal / noise), -Most, Most);

    /// <summary>The energy of the noise as a share of that of the signal.</summary>
    public static double NoiseShare(double decibels) => Math.Pow(10, -decibels / 10);

    /// <summary>The relative error: the root of the share of the noise.</summary>
    public static double RelativeError(double signal, double noise) =>
        noise == 0 ? 0 : signal == 0 ? double.PositiveInfinity : Math.Sqrt(noise / signal);
}
