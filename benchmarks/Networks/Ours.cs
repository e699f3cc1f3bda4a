using AkidaQuant.Akida;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Benchmarks.Networks;

/// <summary>Runs our models to the end, with as many threads as asked for.</summary>
internal static class Ours
{
    /// <summary>The outputs of a model, float or quantized.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="batch">The most samples of one call.</param>
    /// <param name="threads">The most threads that compute.</param>
    public static IReadOnlyList<OutputBatch> Run(Model model, SampleSet samples, int batch, int threads) =>
        [.. Inference.Run(model, samples, batch, threads)];

    /// <summary>The outputs of an Akida model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="batch">The most samples of one call.</param>
    /// <param name="threads">The most threads that compute.</param>
    public static IReadOnlyList<OutputBatch> Run(AkidaModel model, SampleSet samples, int batch, int threads) =>
        [.. Emulator.Run(model, samples, batch, threads)];
}
