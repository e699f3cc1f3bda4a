namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Where the elements of tensors lie, row-major.</summary>
internal static class OnnxStrides
{
    /// <summary>The distance between neighbours along each axis.</summary>
    public static int[] Of(Shape shape)
    {
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    /// <summary>The distances in a tensor that is broadcast to a shape: 0 along the axes that it is repeated along.</summary>
    public static int[] Broadcast(Shape shape, Shape to)
    {
        int[] own = Of(shape);
        int more = to.Rank - shape.Rank;
        return [.. to.Select((_, axis) => axis < more || shape[axis - more] == 1 ? 0 : own[axis - more])];
    }

    /// <summary>For each element of a shape, in order, the place that the distances lead to.</summary>
    public static int[] Positions(Shape shape, int[] strides, int start = 0)
    {
        int[] positions = new int[shape.Size];
        int[] index = new int[shape.Rank];
        int position = start;
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = position;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                index[axis]++;
                if (index[axis] < shape[axis])
                {
                    break;
                }

                position -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return positions;
    }
}
