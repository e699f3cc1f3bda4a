using System.Numerics.Tensors;
using AkidaQuant.Akida;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Analysis;

/// <summary>Gathers the outputs of all batches into one tensor.</summary>
public static class OutputTensor
{
    /// <summary>The outputs as a <see cref="Tensor{T}"/> of float32, the samples along its first axis.</summary>
    /// <param name="batches">The outputs of all samples in order.</param>
    /// <param name="output">The shape of one output.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <returns>
    /// The tensor. Its library lives with this one; a caller in another load context may know another version of it,
    /// so the type is left out of the signature.
    /// </returns>
    public static object Collect(IEnumerable<OutputBatch> batches, Shape output, int count, Action<int>? progress = null)
    {
        float[] values = new float[checked(count * output.Size)];
        foreach (OutputBatch batch in batches)
        {
            batch.Values.CopyTo(values, batch.Start * output.Size);
            progress?.Invoke(batch.Start + batch.Count);
        }

        return Tensor.Create(values, Lengths(count, output));
    }

    /// <summary>All tensors that a model gives: one tensor as above, or several by name.</summary>
    /// <param name="batches">The outputs of all samples in order, those of a sample one behind the other.</param>
    /// <param name="outputs">What the model gives.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <returns>The tensor, or a dictionary of tensors.</returns>
    public static object Collect(
        IEnumerable<OutputBatch> batches, IReadOnlyList<PlanOutput> outputs, int count, Action<int>? progress = null)
    {
        if (outputs.Count == 1)
        {
            return Collect(batches, outputs[0].Shape, count, progress);
        }

        float[][] values = [.. outputs.Select(output => new float[checked(count * output.Shape.Size)])];
        foreach (OutputBatch batch in batches)
        {
            int at = 0;
            for (int i = 0; i < batch.Count; i++)
            {
                for (int output = 0; output < values.Length; output++)
                {
                    int size = outputs[output].Shape.Size;
                    batch.Values.AsSpan(at, size).CopyTo(values[output].AsSpan((batch.Start + i) * size));
                    at += size;
                }
            }

            progress?.Invoke(batch.Start + batch.Count);
        }

        return new LayerDictionary<object>(outputs.Select((output, i) =>
            KeyValuePair.Create(output.Name, (object)Tensor.Create(values[i], Lengths(count, output.Shape)))));
    }

    /// <summary>The potentials as a <see cref="Tensor{T}"/> of int32, the samples along its first axis.</summary>
    /// <param name="batches">The potentials of all samples in order.</param>
    /// <param name="output">The shape of one output.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <returns>The tensor, whose type is left out of the signature as above.</returns>
    public static object Collect(IEnumerable<PotentialBatch> batches, Shape output, int count, Action<int>? progress = null)
    {
        int[] values = new int[checked(count * output.Size)];
        foreach (PotentialBatch batch in batches)
        {
            batch.Values.CopyTo(values, batch.Start * output.Size);
            progress?.Invoke(batch.Start + batch.Count);
        }

        return Tensor.Create(values, Lengths(count, output));
    }

    private static nint[] Lengths(int count, Shape output) => [count, .. output.Select(dimension => (nint)dimension)];
}
