using System.Buffers;

namespace AkidaQuant.Execution;

/// <summary>Puts what several steps of a plan give for a sample behind each other.</summary>
internal static class StepOutputs
{
    /// <summary>Copies the results of steps as float32, for each sample one behind the other.</summary>
    /// <param name="runner">Who has run the steps.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="values">Where to, as many values as the steps give.</param>
    public static void Copy(PlanRunner runner, IReadOnlyList<int> steps, int batch, Span<float> values)
    {
        if (steps is [int only])
        {
            runner[only].CopyTo(values, batch);
            return;
        }

        int total = steps.Sum(step => runner[step].SampleSize);
        int offset = 0;
        foreach (int step in steps)
        {
            TensorData result = runner[step];
            int size = result.SampleSize;
            float[] rented = ArrayPool<float>.Shared.Rent(batch * size);
            Span<float> own = rented.AsSpan(0, batch * size);
            result.CopyTo(own, batch);
            for (int i = 0; i < batch; i++)
            {
                own.Slice(i * size, size).CopyTo(values[((i * total) + offset)..]);
            }

            ArrayPool<float>.Shared.Return(rented);
            offset += size;
        }
    }
}
