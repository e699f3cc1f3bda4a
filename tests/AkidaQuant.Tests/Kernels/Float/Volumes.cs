using AkidaQuant.Geometry;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

/// <summary>Random sizes of windows over time, rows and columns, and the cells that they see.</summary>
internal static class Volumes
{
    /// <summary>Sizes with the dilation or without it.</summary>
    public static Gen<VolumeGeometry> Geometry(int maxDilation) =>
        from size in Gen.Int[1, 6].Array[3]
        from kernel in Gen.Int[1, 3].Array[3]
        from stride in Gen.Int[1, 2].Array[3]
        from dilation in Gen.Int[1, maxDilation].Array[3]
        from channels in Gen.Select(Gen.Int[1, 18], Gen.Int[1, 18])
        from same in Gen.Bool
        let fits = Enumerable.Range(0, 3).All(i => size[i] > (kernel[i] - 1) * dilation[i])
        select VolumeGeometry.Create(
            new Shape(size[0], size[1], size[2], channels.Item1),
            (kernel[0], kernel[1], kernel[2]),
            (stride[0], stride[1], stride[2]),
            (dilation[0], dilation[1], dilation[2]),
            same || !fits ? Padding.Same : Padding.Valid,
            channels.Item2);

    /// <summary>
    /// Calls back for every output element and every cell of its window inside of the input: output index, input index, kernel cell.
    /// </summary>
    public static void Windows(VolumeGeometry g, Action<int, int, int> visit)
    {
        int cells = g.Image.KernelHeight * g.Image.KernelWidth;
        int pixels = g.Image.InputHeight * g.Image.InputWidth;
        int positions = g.Image.OutputHeight * g.Image.OutputWidth;
        for (int step = 0; step < g.OutputSteps; step++)
        {
            for (int tap = 0; tap < g.KernelSteps; tap++)
            {
                int from = (step * g.StrideSteps) - g.PadBefore + (tap * g.DilationSteps);
                if (from < 0 || from >= g.InputSteps)
                {
                    continue;
                }

                Naive.Windows(g.Image, (position, pixel, cell) =>
                {
                    if (pixel >= 0)
                    {
                        visit((step * positions) + position, (from * pixels) + pixel, (tap * cells) + cell);
                    }
                });
            }
        }
    }
}
