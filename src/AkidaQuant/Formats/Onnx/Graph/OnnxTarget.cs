namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The target of a Reshape.</summary>
internal static class OnnxTarget
{
    /// <summary>The shape that a target means: -1, at most once, is what is left.</summary>
    /// <param name="target">The dimensions.</param>
    /// <param name="shape">The shape that there is.</param>
    /// <param name="copies">Whether 0 stands for the dimension of the same place there.</param>
    /// <returns>A shape of as many values; null when the target is not one.</returns>
    public static Shape? Resolve(IReadOnlyList<long> target, Shape shape, bool copies)
    {
        if (target.Count > OnnxAxes.GreatestRank)
        {
            return null;
        }

        long[] dimensions = [.. target];
        long known = 1;
        int left = -1;
        for (int i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] == 0 && copies && i < shape.Rank)
            {
                dimensions[i] = shape[i];
            }

            if (dimensions[i] == -1 && left < 0)
            {
                left = i;
                continue;
            }

            if (dimensions[i] is < 0 or > int.MaxValue || (known *= dimensions[i]) > int.MaxValue)
            {
                return null;
            }
        }

        if (left >= 0 && known > 0)
        {
            dimensions[left] = shape.Size / known;
            known *= dimensions[left];
        }

        return known == shape.Size && !dimensions.Contains(-1) ? new Shape([.. dimensions.Select(dimension => (int)dimension)]) : null;
    }
}
