namespace AkidaQuant.Tests;

/// <summary>What chance and a busy machine may do to a test before it fails.</summary>
internal static class Limits
{
    /// <summary>Nothing that is tested takes longer, on however busy a machine: what does, hangs.</summary>
    public static TimeSpan Hang { get; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The least count that chance leaves of <paramref name="total"/> random cases of which <paramref name="share"/> or more are to
    /// count: six deviations below it.
    /// </summary>
    public static double AtLeast(double share, int total) => (share * total) - (6 * Math.Sqrt(total * share * (1 - share)));
}
