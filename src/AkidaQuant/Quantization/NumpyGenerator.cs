using System.Security.Cryptography;

namespace AkidaQuant.Quantization;

/// <summary>The random numbers of numpy's <c>default_rng</c>: PCG64, seeded through SeedSequence (quantize.md 14).</summary>
internal sealed class NumpyGenerator
{
    private static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    private readonly UInt128 _increment;
    private UInt128 _state;
    private uint? _half;

    /// <summary>A generator with that seed; without one, with entropy of the system.</summary>
    public NumpyGenerator(ulong? seed)
        : this(seed is { } given ? Words(given) : SystemEntropy())
    {
    }

    /// <summary>A generator that follows from that many bits: at most four words.</summary>
    public NumpyGenerator(ReadOnlySpan<uint> entropy)
    {
        ulong[] words = SeedSequence.Generate(entropy, 4);
        _increment = (new UInt128(words[2], words[3]) << 1) | 1;
        Step();
        _state += new UInt128(words[0], words[1]);
        Step();
    }

    /// <summary>A number of 53 bits in [0, 1).</summary>
    public double NextDouble() => (Next64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer from 0 to <paramref name="range"/> inclusive, each equally likely.</summary>
    public uint NextInteger(uint range)
    {
        if (range == 0)
        {
            return 0;
        }

        if (range == uint.MaxValue)
        {
            return Next32();
        }

        // Lemire's method: the high half of a product, with the few products redrawn that would favour some values.
        uint count = range + 1;
        ulong product = (ulong)Next32() * count;
        if ((uint)product < count)
        {
            uint threshold = (uint.MaxValue - range) % count;
            while ((uint)product < threshold)
            {
                product = (ulong)Next32() * count;
            }
        }

        return (uint)(product >> 32);
    }

    private static uint[] Words(ulong seed) => seed > uint.MaxValue ? [(uint)seed, (uint)(seed >> 32)] : [(uint)seed];

    private static uint[] SystemEntropy()
    {
        uint[] entropy = new uint[4];
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(entropy.AsSpan()));
        return entropy;
    }

    private uint Next32()
    {
        if (_half is { } half)
        {
            _half = null;
            return half;
        }

        ulong both = Next64();
        _half = (uint)(both >> 32);
        return (uint)both;
    }

    private ulong Next64()
    {
        Step();
        return ulong.RotateRight((ulong)(_state >> 64) ^ (ulong)_state, (int)(_state >> 122));
    }

    private void Step() => _state = unchecked((_state * Multiplier) + _increment);
}
