namespace AkidaQuant.Tests.Formats;

/// <summary>Random damage to files.</summary>
internal static class FileDamage
{
    /// <summary>The content with a byte, or a few of them, changed, left out or doubled, or cut off.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        byte[] damaged = [.. whole];
        int at = random.Next(damaged.Length);
        int length = random.Next(1, Math.Min(64, damaged.Length - at + 1));
        switch (random.Next(6))
        {
            case 0:
                damaged[at] ^= (byte)random.Next(1, 256);
                return damaged;
            case 1:
                return damaged[..at];
            case 2:
                random.NextBytes(damaged.AsSpan(at, length));
                return damaged;
            case 3:
                damaged.AsSpan(at, length).Fill((byte)(random.Next(2) * 255));
                return damaged;
            case 4:
                return [.. damaged[..at], .. damaged[(at + length)..]];
            default:
                return [.. damaged[..at], .. damaged.AsSpan(at, length), .. damaged[at..]];
        }
    }
}
