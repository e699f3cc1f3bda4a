using AkidaQuant.Layers;
using AkidaQuant.Numerics;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Vectors;

/// <summary>The ranges that the reference calibrated, taken from its quantized file.</summary>
public static class ReferenceRanges
{
    /// <summary>
    /// The file holds the range after equalization and the rate; the calibrated maximum is their quotient, but for
    /// its last bits. The neighbour that equalizes to exactly what the file holds is the one that was calibrated,
    /// or as good as it.
    /// </summary>
    public static CalibratedRanges Of(Model reference)
    {
        CalibratedRanges ranges = new();
        foreach (Layer layer in reference.GraphLayers)
        {
            switch (layer)
            {
                case InputQuantizer input:
                    ranges.Input = (input.RangeMin, input.RangeMax);
                    break;
                case QuantizedLayer { OutputQuantizer: { } output }:
                    float[] values = new float[output.RangeMax.Values.Length];
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = Calibrated(output.RangeMax.Values[i], output.RescalingRate.Values[i], output.Bitwidth);
                    }

                    ranges[layer.Name] = output.RangeMax with { Values = values };
                    break;
            }
        }

        return ranges;
    }

    private static float Calibrated(float range, float rate, int bitwidth)
    {
        if (rate == 1f)
        {
            return range;
        }

        float quotient = range / rate;
        for (int step = 0; step <= 8; step++)
        {
            foreach (float candidate in new[] { Neighbour(quotient, step), Neighbour(quotient, -step) })
            {
                float ideal = Rounding.Pow2(Rounding.FloorLog2(candidate)) * (float)(1 - Math.ScaleB(1.0, -bitwidth));
                if (ideal == range && ideal / candidate == rate)
                {
                    return candidate;
                }
            }
        }

        throw new InvalidDataException($"No range equalizes to {range} with the rate {rate}.");
    }

    private static float Neighbour(float value, int steps) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) + steps);
}
