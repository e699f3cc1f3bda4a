using Microsoft.ML.OnnxRuntime;

namespace AkidaQuant.Benchmarks.Networks;

/// <summary>A network in ONNX Runtime, with as many threads as asked for and all of its optimizations.</summary>
internal sealed class Theirs : IDisposable
{
    private readonly SessionOptions _options;
    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    /// <summary>Loads a network.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="threads">The threads that compute an operator.</param>
    public Theirs(string path, int threads)
    {
        _options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(path, _options);
        _inputs = [.. _session.InputMetadata.Keys];
        _outputs = [.. _session.OutputMetadata.Keys];
    }

    /// <summary>The outputs for samples that lie one after the other.</summary>
    /// <param name="samples">The samples, row-major.</param>
    /// <param name="shape">The batch and the shape of a sample.</param>
    public float[] Run(float[] samples, long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(samples, shape);
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, _inputs, [input], _outputs);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
    }
}
