using AkidaQuant.Analysis;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Analysis;

public sealed class DistributionTests
{
    [Fact]
    public void Channels_are_the_last_axis_and_values_the_others()
    {
        VectorCase vectors = VectorCase.Open("digits_ds_cnn");
        Model model = vectors.ReadModel("quantized.h5");
        IReadOnlyDictionary<string, NpyArray> variables = vectors.Arrays("variables.npz");
        KernelDistribution[] rows = [.. DistributionAnalysis.Run(model)];
        foreach (Layer layer in model.GraphLayers.Where(layer => layer is QuantizedConv2D or QuantizedDepthwiseConv2D or QuantizedDense))
        {
            NpyArray kernel = variables[$"{layer.Name}/weight_quantizer/qweights|values"];
            float[] values = kernel.ToSingles().Values;
            bool isDepthwise = layer is QuantizedDepthwiseConv2D;
            int channels = kernel.Shape[isDepthwise ? ^2 : ^1];
            KernelDistribution[] own = [.. rows.Where(row => row.Layer == layer.Name)];
            Assert.Equal(Enumerable.Range(0, channels), own.Select(row => row.Channel));
            Assert.Equal(values.Length / channels, own[0].Count);
            Assert.Equal(values.Where((_, i) => i % channels == 1).Order(), own[1].Values.Order());
        }

        Assert.DoesNotContain(rows, row => row.Kind is "InputQuantizer" or "Dequantizer");
    }

    [Fact]
    public void Values_are_in_the_order_of_the_swapped_axes()
    {
        Shape shape = new(1, 2, 2, 2);
        Model model = Single(new Conv2D
        {
            Name = "conv",
            Filters = 2,
            Window = new ConvolutionWindow { KernelSize = (1, 2) },
            UseBias = false,
            Kernel = new(shape, [0, 1, 2, 3, 4, 5, 6, 7]),
        });
        KernelDistribution[] rows = [.. DistributionAnalysis.Run(model)];
        Assert.Equal([0, 4, 2, 6], rows[0].Values);
        Assert.Equal([1, 5, 3, 7], rows[1].Values);
    }

    [Fact]
    public void Float_models_are_rewritten_first()
    {
        Model floating = VectorCase.Open("digits_ds_cnn").ReadModel("float.h5");
        KernelDistribution[] rows = [.. DistributionAnalysis.Run(floating)];
        Assert.DoesNotContain(rows, row => row.Kind == "BatchNormalization");
        Assert.Contains(floating.GraphLayers, layer => layer is BatchNormalization);
        Assert.Contains(rows, row => row.Kind == "DepthwiseConv2D");
    }

    [Fact]
    public void Statistics_are_those_of_the_values()
    {
        KernelDistribution row = new("m", "a", "A", 0, [3, 1, 2, 10]) { BarCount = 3 };
        Assert.Equal((1f, 10f, 4.0), (row.Minimum, row.Maximum, row.Mean));
        Assert.Equal((1.75, 2.5, 4.75), (row.LowerQuartile, row.Median, row.UpperQuartile));
        Assert.Equal(Math.Sqrt(50 / 4.0), row.StandardDeviation, 12);
        Assert.Equal([(1, 4, 3), (4, 7, 0), (7, 10, 1)], row.Histogram.Select(bar => (bar.From, bar.To, bar.Count)));
        Assert.Equal([new HistogramBar(5, 5, 2)], new KernelDistribution("m", "a", "A", 0, [5, 5]).Histogram);
    }

    [Fact]
    public void A_layer_can_be_named()
    {
        Model model = VectorCase.Open("digits_lenet").ReadModel("quantized.h5");
        string dense = model.GraphLayers.Last(layer => layer is QuantizedDense).Name;
        Assert.All(DistributionAnalysis.Run(model, dense), row => Assert.Equal(dense, row.Layer));
        Assert.Equal("LayerNotFound", Assert.Throws<QuantException>(() => DistributionAnalysis.Run(model, "none")).Id);
        string flatten = model.GraphLayers.First(layer => layer is QuantizedFlatten).Name;
        Assert.Equal("WeightsMissing", Assert.Throws<QuantException>(() => DistributionAnalysis.Run(model, flatten)).Id);
    }

    private static Model Single(Layer layer) => Model.Create("single", isSequential: false,
    [
        new(new InputLayer { Name = "input", Shape = new Shape(4, 4, 2), Type = IntegerType.UInt8 }, []),
        new(layer, ["input"]),
    ], [layer.Name]);
}
