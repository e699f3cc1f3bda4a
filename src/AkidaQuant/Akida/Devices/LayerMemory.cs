using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Akida.Devices;

/// <summary>Bytes that the integers of a layer take, exact to the bit: what the figures of a mapping are made of.</summary>
internal static class LayerMemory
{
    private const int RecurrentWeightBits = 8;

    /// <summary>Bytes of a time constant of a recurrent layer, of which a state has two (akida-model.md 1.5).</summary>
    private const int ConstantBytes = 2;

    /// <summary>Bytes of what goes in, all frames of a queue included; floats are the host's.</summary>
    public static long InputBytes(PlanStep<AkidaLayer> step)
    {
        int frames = step.Node is AkidaFrameLayer layer ? layer.FifoSize : 1;
        return step.Taken.OfType<QuantizedSpec>().Sum(input => BitWidths.Bytes((long)input.Shape.Size * frames, input.Bits));
    }

    /// <summary>Bytes of the weights, the time constants of recurrent layers included.</summary>
    public static long WeightBytes(PlanStep<AkidaLayer> step)
    {
        AkidaLayer layer = AkidaModel.Whole(step);
        int bits = layer.WeightBits ?? RecurrentWeightBits;
        long weights = layer.KernelShapes.Sum(kernel => BitWidths.Bytes(kernel.Size, bits));
        return layer is AkidaStatefulRecurrent recurrent ? weights + (2L * ConstantBytes * recurrent.StatefulChannels) : weights;
    }

    /// <summary>A number of bytes as text.</summary>
    public static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);
}
