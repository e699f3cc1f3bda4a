using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>The maximum pool that becomes part of a convolution's Akida layer.</summary>
/// <param name="Step">The layer that pools.</param>
/// <param name="Window">Its window.</param>
/// <param name="Input">What it pools: (height, width, channels).</param>
internal sealed record MaxPoolBehind(PlanStep<Node> Step, ConvolutionWindow Window, Shape Input)
{
    /// <summary>The maximum pool among the layers of a block; null when there is none.</summary>
    public static MaxPoolBehind? In(Block block, ConversionContext context) => block.Find<QuantizedMaxPool2D>() is { } pool
        ? new MaxPoolBehind(pool, ((QuantizedMaxPool2D)pool.Node.Layer).Window, context.Input(pool).Shape)
        : null;

    /// <summary>Refuses pools that are not square.</summary>
    public void RequireSquare(ConversionContext context)
    {
        if (Window.KernelSize.Height != Window.KernelSize.Width || Window.Strides.Height != Window.Strides.Width)
        {
            throw context.Error(
                "AkidaPoolNotSquare",
                Step,
                $"the size of its maximum pool is {Window.KernelSize.Height}x{Window.KernelSize.Width} and its strides {Window.Strides.Height} and {Window.Strides.Width}. Use a square pool with equal strides.");
        }
    }
}
