using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Kernels;

namespace AkidaQuant.Tests.Layers;

/// <summary>Runs one layer on integers.</summary>
internal static class LayerRun
{
    /// <summary>A FixedPoint of one sample.</summary>
    public static (QuantizedSpec Spec, long[] Values) Fixed(Shape shape, int valueBits, int[] fracBits, params long[] values) =>
        (new QuantizedSpec(shape, valueBits, fracBits.Length == 1 ? ScalarOrVector<int>.Scalar(fracBits[0]) : ScalarOrVector<int>.Vector(fracBits)), values);

    /// <summary>What the layer makes of one sample of each input.</summary>
    public static (QuantizedSpec Spec, RecordedVariables Recorded, long[] Values) Of(Layer layer, params (QuantizedSpec Spec, long[] Values)[] inputs)
    {
        PreparedLayer prepared = layer.Prepare([.. inputs.Select(input => input.Spec)]);
        var spec = (QuantizedSpec)prepared.Output;
        IntegerData output = new(spec.Shape.Size, 1, spec.Storage);
        TensorData[] data = [.. inputs.Select(input => Cases.Buffer(input.Values, input.Spec.Shape.Size, input.Spec.Storage))];
        prepared.CreateOperation()(data, output, 1);
        return (spec, prepared.Recorded, Cases.Values(output));
    }

    /// <summary>The float output of one sample.</summary>
    public static float[] Of(Layer layer, Shape shape, params float[] values)
    {
        PreparedLayer prepared = layer.Prepare([new FloatSpec(shape)]);
        FloatData input = new(shape.Size, 1);
        values.CopyTo(input.Values(1));
        FloatData output = new(prepared.Output.Shape.Size, 1);
        prepared.CreateOperation()([input], output, 1);
        return output.Values(1).ToArray();
    }
}
