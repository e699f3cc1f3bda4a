using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

public sealed class KernelViewTests
{
    /// <summary>A layer of each order of weights, each of its axes of another length.</summary>
    public static TheoryData<QuantizedWeightedLayer> Layers =>
    [
        new QuantizedConv2D { Name = "conv", Filters = 5, Window = Window, Kernel = Small.Weights(2, 3, 4, 5) },
        new QuantizedDense { Name = "dense", Units = 5, Kernel = Small.Weights(4, 5) },
        new QuantizedDepthwiseConv2D { Name = "depthwise", Window = Window, Kernel = Small.Weights(2, 3, 4, 1) },
        new QuantizedConv2DTranspose
        {
            Name = "transpose", Filters = 5, Window = new TransposedWindow { Forward = Window }, Kernel = Small.Weights(2, 3, 5, 4),
        },
    ];

    [Theory]
    [MemberData(nameof(Layers), DisableDiscoveryEnumeration = true)]
    public void Rows_say_what_the_places_of_weights_do(QuantizedWeightedLayer layer)
    {
        KernelView kernel = KernelView.Of(layer);
        WeightRows rows = kernel.Rows;
        Assert.Equal(0, kernel.Kernel.Values.Length % rows.Length);
        for (int i = 0; i < kernel.Kernel.Values.Length; i++)
        {
            int place = i % rows.Length;
            (int input, int output) = kernel.Place(i - place);
            Assert.Equal((rows.TakeAllInputs ? place : input, rows.GiveAllOutputs ? place : output), kernel.Place(i));
        }
    }

    private static ConvolutionWindow Window => new() { KernelSize = (2, 3), Padding = Padding.Same };
}
