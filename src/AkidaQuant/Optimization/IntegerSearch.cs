using System.Numerics.Tensors;

namespace AkidaQuant.Optimization;

/// <summary>
/// Coordinate descent over the integers of a filter: one integer at a time moves by one where that brings the sums nearer to those
/// of the weights, and the scale follows in closed form (optimization.md, step 3).
/// </summary>
/// <param name="moments">The second moments of the inputs, (input, input).</param>
/// <param name="size">The number of inputs.</param>
/// <param name="most">The greatest integer, which one of them must have.</param>
internal sealed class IntegerSearch(float[] moments, int size, float most)
{
    private const int Rounds = 4;

    /// <summary>Improves the integers of a filter.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="integers">The integers; become better ones.</param>
    /// <param name="scale">What an integer stands for.</param>
    /// <returns>The scale.</returns>
    public float Run(ReadOnlySpan<float> weights, Span<float> integers, float scale)
    {
        float[] ofWeights = new float[size];
        float[] ofIntegers = new float[size];
        int extremes = 0;
        for (int i = 0; i < size; i++)
        {
            ofWeights[i] = Dot(Row(i), weights);
            ofIntegers[i] = Dot(Row(i), integers);
            extremes += MathF.Abs(integers[i]) == most ? 1 : 0;
        }

        for (int round = 0; round < Rounds; round++)
        {
            scale = Fitted(integers, ofWeights, ofIntegers, scale);
            bool hasMoved = false;
            for (int i = 0; i < size; i++)
            {
                float slope = (ofIntegers[i] * scale) - ofWeights[i];
                float step = slope > 0 ? -1f : 1f;
                float gain = (2 * step * slope) + (scale * moments[(i * size) + i]);
                float moved = integers[i] + step;
                bool wasExtreme = MathF.Abs(integers[i]) == most;
                if (gain >= 0 || MathF.Abs(moved) > most || (wasExtreme && extremes == 1))
                {
                    continue;
                }

                extremes += (MathF.Abs(moved) == most ? 1 : 0) - (wasExtreme ? 1 : 0);
                integers[i] = moved;
                TensorPrimitives.MultiplyAdd(Row(i), step, ofIntegers, ofIntegers);
                hasMoved = true;
            }

            if (!hasMoved)
            {
                break;
            }
        }

        return Fitted(integers, ofWeights, ofIntegers, scale);
    }

    /// <summary>The scale with the least squared error, given the integers.</summary>
    private static float Fitted(ReadOnlySpan<float> integers, float[] ofWeights, float[] ofIntegers, float scale)
    {
        double product = 0;
        double square = 0;
        for (int i = 0; i < integers.Length; i++)
        {
            product += (double)integers[i] * ofWeights[i];
            square += (double)integers[i] * ofIntegers[i];
        }

        float fitted = (float)(product / square);
        return square > 0 && float.IsNormal(fitted) && fitted > 0 ? fitted : scale;
    }

    private ReadOnlySpan<float> Row(int row) => moments.AsSpan(row * size, size);

    /// <summary>A sum in a fixed order, so that the integers are the same on every processor.</summary>
    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        int i = 0;
        for (; i <= left.Length - 4; i += 4)
        {
            sum0 += left[i] * right[i];
            sum1 += left[i + 1] * right[i + 1];
            sum2 += left[i + 2] * right[i + 2];
            sum3 += left[i + 3] * right[i + 3];
        }

        for (; i < left.Length; i++)
        {
            sum0 += left[i] * right[i];
        }

        return (sum0 + sum1) + (sum2 + sum3);
    }
}
