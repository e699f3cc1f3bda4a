namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>The same convolutions with more and more zeros among their inputs, scattered and in areas of 8 x 8 pixels.</summary>
internal static class ZeroCases
{
    private static readonly double[] Shares = [0, 0.5, 0.9, 1];

    private static readonly bool[] Kinds = [false, true];

    private static readonly (int Size, int Depth, int Filters, int Kernel, int Stride)[] Sizes =
        [(56, 96, 24, 1, 1), (14, 384, 96, 1, 1), (14, 128, 128, 3, 1)];

    /// <summary>The cases.</summary>
    public static IEnumerable<KernelCase> All =>
        from size in Sizes
        from share in Shares
        from inAreas in Kinds
        where !inAreas || share is > 0 and < 1
        select ConvolutionCases.Integer(size, 8, share, inAreas: inAreas);
}
