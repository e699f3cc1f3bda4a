namespace AkidaQuant.Optimization.Distillation;

/// <summary>Orders of samples that follow from a seed on every machine (the generator is SplitMix64).</summary>
/// <param name="seed">The seed.</param>
internal sealed class SampleOrder(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Puts values into another order.</summary>
    public void Shuffle(int[] values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int other = (int)(Next() % (ulong)(i + 1));
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong value = _state;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
