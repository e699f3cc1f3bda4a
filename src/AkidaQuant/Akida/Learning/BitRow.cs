using System.Numerics;

namespace AkidaQuant.Akida.Learning;

/// <summary>As many bits as a layer has inputs: which of them are active, or which a neuron is connected to.</summary>
/// <param name="length">The number of bits, all 0 at first.</param>
internal sealed class BitRow(int length)
{
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[(length + WordBits - 1) / WordBits];

    /// <summary>The number of bits.</summary>
    public int Length => length;

    /// <summary>The number of bits that are 1.</summary>
    public int Count => _words.Sum(BitOperations.PopCount);

    /// <summary>The bit at a position.</summary>
    public bool this[int position]
    {
        get => ((_words[position / WordBits] >> (position % WordBits)) & 1) != 0;
        set => _words[position / WordBits] = value
            ? _words[position / WordBits] | (1UL << (position % WordBits))
            : _words[position / WordBits] & ~(1UL << (position % WordBits));
    }

    /// <summary>The number of bits that are 1 here and there.</summary>
    public int CountWith(BitRow other)
    {
        int count = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            count += BitOperations.PopCount(_words[i] & other._words[i]);
        }

        return count;
    }

    /// <summary>The positions of the bits that are 1 here and 0 there, in order.</summary>
    public int[] Without(BitRow other)
    {
        List<int> positions = [];
        for (int i = 0; i < _words.Length; i++)
        {
            for (ulong rest = _words[i] & ~other._words[i]; rest != 0; rest &= rest - 1)
            {
                positions.Add((i * WordBits) + BitOperations.TrailingZeroCount(rest));
            }
        }

        return [.. positions];
    }
}
