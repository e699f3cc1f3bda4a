namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Constants that work on a tensor as one value for all, or as one a channel.</summary>
internal static class OnnxChannelValues
{
    /// <summary>
    /// One value, or one for each index of the last axis in memory; null where the constant differs along another axis or does
    /// not fit. Its axes are those of the tensor from the last one on, as ONNX broadcasts.
    /// </summary>
    /// <param name="input">The tensor.</param>
    /// <param name="constant">The constant, its batch axis of size 1 or left out.</param>
    public static float[]? Find(OnnxActivation input, OnnxConstant constant)
    {
        float[] values = constant.Floats;
        Shape shape = input.Shape;
        int[] sizes = [.. Enumerable.Repeat(1, Math.Max(shape.Rank + 1 - constant.Shape.Rank, 0)), .. constant.Shape];
        int channel = input.Axes[^1];
        bool fits = sizes.Length == shape.Rank + 1 && sizes[0] == 1 && values.Length > 0;
        for (int axis = 0; fits && axis < shape.Rank; axis++)
        {
            fits = sizes[axis + 1] == 1 || sizes[axis + 1] == shape[axis];
        }

        if (fits && Array.TrueForAll(values, value => value == values[0]))
        {
            return [values[0]];
        }

        for (int axis = 0; fits && axis < shape.Rank; axis++)
        {
            fits = axis == channel || sizes[axis + 1] == 1;
        }

        return !fits ? null
            : input.Flattened is { } image ? OnnxActivation.InMemoryOrder(values, OnnxActivation.ChannelMajorPositions(image))
            : values;
    }
}
