using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>How far the outputs of a quantized model are from those of the float network.</summary>
internal static class OutputError
{
    private const int Batch = 256;

    /// <summary>The relative L2 error: the root of the squared differences over the squared float outputs.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">The float network.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <returns>0 for equal outputs, infinity where the float outputs are all 0 and the others are not.</returns>
    public static double Relative(Model quantized, Model floating, SampleSet samples, int? threads, CancellationToken cancellation)
    {
        int batch = quantized.IsStateful ? 1 : Batch;
        double squares = 0;
        double differences = 0;
        using IEnumerator<OutputBatch> actual = Inference.Run(quantized, samples, batch, threads, cancellation).GetEnumerator();
        using IEnumerator<OutputBatch> expected = Inference.Run(floating, samples, batch, threads, cancellation).GetEnumerator();
        while (actual.MoveNext() && expected.MoveNext())
        {
            ReadOnlySpan<float> have = actual.Current.Values;
            ReadOnlySpan<float> want = expected.Current.Values;
            for (int i = 0; i < want.Length; i++)
            {
                double difference = (double)have[i] - want[i];
                differences += difference * difference;
                squares += (double)want[i] * want[i];
            }
        }

        return differences == 0 ? 0 : Math.Sqrt(differences / squares);
    }
}
