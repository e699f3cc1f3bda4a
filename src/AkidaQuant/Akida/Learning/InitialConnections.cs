using AkidaQuant.Quantization;

namespace AkidaQuant.Akida.Learning;

/// <summary>The random binary weights that neurons start with (akida-model.md 3.4).</summary>
internal static class InitialConnections
{
    /// <summary>The connections of one neuron: of all inputs as many as asked for, each set of them equally likely.</summary>
    /// <remarks>They depend on seed and neuron alone, so that a class has the same ones whenever it is added.</remarks>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="count">The number of connections.</param>
    /// <param name="neuron">The position of the neuron in its layer.</param>
    /// <param name="seed">The seed.</param>
    public static BitRow Of(int inputs, int count, int neuron, ulong seed)
    {
        NumpyGenerator generator = new([(uint)seed, (uint)(seed >> 32), (uint)neuron]);
        int[] positions = [.. Enumerable.Range(0, inputs)];
        BitRow row = new(inputs);
        for (int i = 0; i < count; i++)
        {
            int chosen = i + (int)generator.NextInteger((uint)(inputs - 1 - i));
            row[positions[chosen]] = true;
            positions[chosen] = positions[i];
        }

        return row;
    }
}
