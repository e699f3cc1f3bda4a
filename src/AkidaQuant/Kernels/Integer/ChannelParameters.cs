namespace AkidaQuant.Kernels.Integer;

/// <summary>Parameters of channel operations.</summary>
internal static class ChannelParameters
{
    /// <summary>
    /// Products of integers of 32 bits with factors up to this magnitude, and everything up to it, leave room for a
    /// half in a double.
    /// </summary>
    public const long Exact = 1L << 52;

    /// <summary>The factor that shifts: 2 to the power of the shift, within reach of any integer.</summary>
    public static double Power(int shift) => Math.ScaleB(1, Math.Clamp(shift, -200, 200));
}
