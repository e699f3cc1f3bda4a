namespace AkidaQuant.Kernels.Integer;

/// <summary>Parameters of channels in doubles.</summary>
internal static class ChannelParameters
{
    /// <summary>The factor that shifts: 2 to the power of the shift, within reach of any integer.</summary>
    public static double Power(int shift) => Math.ScaleB(1, Math.Clamp(shift, -200, 200));
}
