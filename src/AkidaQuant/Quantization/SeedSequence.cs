namespace AkidaQuant.Quantization;

/// <summary>Spreads the bits of a seed over the state of a generator, as numpy's SeedSequence does (quantize.md 14).</summary>
internal static class SeedSequence
{
    private const int PoolSize = 4;

    /// <summary>That many words of 64 bits from the entropy.</summary>
    public static ulong[] Generate(ReadOnlySpan<uint> entropy, int count)
    {
        uint[] pool = Mix(entropy);
        Hash hash = new(0x8B51F9DD, 0x58F38DED);
        ulong[] words = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            uint low = hash.Next(pool[2 * i % PoolSize]);
            uint high = hash.Next(pool[((2 * i) + 1) % PoolSize]);
            words[i] = low | ((ulong)high << 32);
        }

        return words;
    }

    private static uint[] Mix(ReadOnlySpan<uint> entropy)
    {
        Hash hash = new(0x43B0D7E5, 0x931E8875);
        uint[] pool = new uint[PoolSize];
        for (int i = 0; i < PoolSize; i++)
        {
            pool[i] = hash.Next(i < entropy.Length ? entropy[i] : 0);
        }

        for (int source = 0; source < PoolSize; source++)
        {
            for (int target = 0; target < PoolSize; target++)
            {
                if (source != target)
                {
                    pool[target] = Combine(pool[target], hash.Next(pool[source]));
                }
            }
        }

        return pool;
    }

    private static uint Combine(uint left, uint right)
    {
        uint result = unchecked((0xCA01F9DD * left) - (0x4973F715 * right));
        return result ^ (result >> 16);
    }

    /// <summary>A hash whose constant changes with each use.</summary>
    private struct Hash(uint constant, uint multiplier)
    {
        public uint Next(uint value)
        {
            value ^= constant;
            constant = unchecked(constant * multiplier);
            value = unchecked(value * constant);
            return value ^ (value >> 16);
        }
    }
}
