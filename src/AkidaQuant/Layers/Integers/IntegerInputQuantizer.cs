using System.Buffers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// Turns samples into bytes: divided by <see cref="IntegerLayer.Step"/> in float32, rounded half to even, moved by the
/// zero point, saturated (onnx.md 6.6 and 8). Integer samples count as floats.
/// </summary>
public sealed record IntegerInputQuantizer : IntegerLayer
{
    /// <summary>Whether the bytes have a sign.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>The byte that stands for 0, one for each channel; zeros for signed bytes.</summary>
    public required int[] ZeroPoints { get; init; }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape shape = inputs[0].Shape;
        int channels = shape.Channels;
        if (shape.Rank == 0 || ZeroPoints.Length != channels || (Step.Count != 1 && Step.Count != channels))
        {
            throw DoesNotFit(
                $"it has {Step.Count} scales and {ZeroPoints.Length} zero points, but its input {shape} has {channels} channels.");
        }

        ValueRange range = IsSigned ? new ValueRange(sbyte.MinValue, sbyte.MaxValue) : new ValueRange(byte.MinValue, byte.MaxValue);
        QuantizedSpec output = new(shape, IsSigned ? 7 : 8, ScalarOrVector<int>.Scalar(0), Step, range) { HasConstantScales = true };
        return new PreparedLayer(output, () =>
        {
            LinearQuantization kernel = new(Step.Expand(channels), ZeroPoints, range);
            return (tensors, result, batch) => Run(kernel, tensors[0], (IntegerData)result, batch);
        });
    }

    private static void Run(LinearQuantization kernel, TensorData samples, IntegerData output, int batch)
    {
        if (samples is FloatData floats)
        {
            kernel.Run(floats.Values(batch), output, batch);
            return;
        }

        float[] values = ArrayPool<float>.Shared.Rent(batch * samples.SampleSize);
        Span<float> converted = values.AsSpan(0, batch * samples.SampleSize);
        samples.CopyTo(converted, batch);
        kernel.Run(converted, output, batch);
        ArrayPool<float>.Shared.Return(values);
    }
}
