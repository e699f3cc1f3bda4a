using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>What ONNX Runtime gives.</summary>
/// <param name="Shape">All dimensions, the batch first.</param>
/// <param name="Values">The values as floats.</param>
internal sealed record OracleOutput(Shape Shape, float[] Values);

/// <summary>Runs ONNX networks with ONNX Runtime.</summary>
internal sealed class OnnxOracle : IDisposable
{
    private readonly InferenceSession _session;

    private OnnxOracle(Func<SessionOptions, InferenceSession> create, bool optimize)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        _session = create(options);
    }

    public static OnnxOracle Open(byte[] content, bool optimize = false) =>
        new(options => new InferenceSession(content, options), optimize);

    public static OnnxOracle Open(string path, bool optimize = false) => new(options => new InferenceSession(path, options), optimize);

    public void Dispose() => _session.Dispose();

    /// <summary>
    /// The outputs for samples that lie one after the other, as the network takes them; integers are converted to its type.
    /// </summary>
    public OracleOutput Run(float[] samples)
    {
        (string name, NodeMetadata input) = _session.InputMetadata.Single();
        int size = input.Dimensions.Skip(1).Aggregate(1, (product, dimension) => product * dimension);
        int count = samples.Length / size;
        int batch = input.Dimensions[0] > 0 ? input.Dimensions[0] : count;
        List<float> values = [];
        Shape shape = default;
        for (int start = 0; start < count; start += batch)
        {
            OracleOutput part = RunBatch(
                name,
                input.ElementDataType,
                samples.AsSpan(start * size, batch * size).ToArray(),
                [batch, .. input.Dimensions.Skip(1)]);
            values.AddRange(part.Values);
            shape = part.Shape;
        }

        return new OracleOutput(shape.Rank == 0 || batch == count ? shape : new Shape([count, .. shape.Skip(1)]), [.. values]);
    }

    private OracleOutput RunBatch(string name, TensorElementType type, float[] values, long[] shape)
    {
        using OrtValue input = type switch
        {
            TensorElementType.UInt8 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (byte)value), shape),
            TensorElementType.Int8 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (sbyte)value), shape),
            TensorElementType.Double => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (double)value), shape),
            TensorElementType.Float16 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (Float16)value), shape),
            _ => OrtValue.CreateTensorValueFromMemory(values, shape),
        };
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, [name], [input], _session.OutputNames);
        OrtTensorTypeAndShapeInfo info = outputs[0].GetTensorTypeAndShape();
        return new OracleOutput(new Shape([.. info.Shape.Select(dimension => (int)dimension)]), Floats(outputs[0], info.ElementDataType));
    }

    private static float[] Floats(OrtValue value, TensorElementType type) => type switch
    {
        TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
        TensorElementType.Double => Array.ConvertAll(value.GetTensorDataAsSpan<double>().ToArray(), element => (float)element),
        TensorElementType.Float16 => Array.ConvertAll(value.GetTensorDataAsSpan<Float16>().ToArray(), element => (float)element),
        TensorElementType.Int8 => Array.ConvertAll(value.GetTensorDataAsSpan<sbyte>().ToArray(), element => (float)element),
        TensorElementType.UInt8 => Array.ConvertAll(value.GetTensorDataAsSpan<byte>().ToArray(), element => (float)element),
        TensorElementType.Int32 => Array.ConvertAll(value.GetTensorDataAsSpan<int>().ToArray(), element => (float)element),
        TensorElementType.Int64 => Array.ConvertAll(value.GetTensorDataAsSpan<long>().ToArray(), element => (float)element),
        _ => throw new NotSupportedException($"Outputs of the type {type}."),
    };
}
