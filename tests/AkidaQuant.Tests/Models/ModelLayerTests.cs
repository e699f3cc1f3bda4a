using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Models;

/// <summary>What models show of their layers.</summary>
public sealed class ModelLayerTests
{
    private static readonly Model Integers =
        ModelReader.Read(Path.Combine(Repository.PathOf("tests/vectors/onnx"), "digits_resnet_int8", "quantized.onnx"));

    /// <summary>Scale and offset are what the integers mean: they must give the floats that the layers' own arithmetic gives.</summary>
    [Theory]
    [MemberData(nameof(VectorCase.All), MemberType = typeof(VectorCase))]
    public void What_layers_show_is_what_was_derived(string name)
    {
        Model model = VectorCase.Open(name).ReadModel("quantized.h5");
        foreach (PlanStep<Node> step in model.Plan.Steps)
        {
            ModelLayer layer = model.Layers[step.Node.Name];
            Assert.Same(step.Node.Layer, layer.Layer);
            Assert.Equal(step.Prepared.Output.Shape, layer.OutputShape);
            Assert.Equal(step.Node.Inputs, layer.Inputs);
            Assert.Equal(step.Prepared.Recorded.Select(entry => entry.Key), layer.QuantizationVariables.Keys);
            Assert.Equal(step.Node.Layer.Variables.Count, layer.Variables.Count);
            if (step.Prepared.Output is QuantizedSpec spec)
            {
                int channels = spec.Shape.Channels;
                ValueList<double> scale = layer.Scale!;
                Assert.All(Enumerable.Range(0, channels), c =>
                {
                    double unit = spec.Scales is { } scales ? scales.Expand(channels)[c] : 1.0;
                    double step = unit / Math.Pow(2, spec.FracBits.Expand(channels)[c]);
                    Assert.Equal(1 / step, scale[scale.Length == 1 ? 0 : c], 1e-9 / step);
                });
                long most = Math.Max(spec.Range.Max, -spec.Range.Min - 1);
                Assert.True(most < 1L << layer.OutputBits, $"{layer}: {most} in {layer.OutputBits} bits");
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorCase.All), MemberType = typeof(VectorCase))]
    public void Integer_weights_times_their_scale_are_the_float_weights_but_for_rounding(string name)
    {
        Model model = VectorCase.Open(name).ReadModel("quantized.h5");
        ModelLayer[] weighted = [.. model.Layers.Where(layer => layer.IntegerWeights is not null)];
        Assert.NotEmpty(weighted);
        foreach (ModelLayer layer in weighted)
        {
            float[] floats = layer.Weights!.Values;
            long[] integers = layer.IntegerWeights!.Values;
            ValueList<double> scales = layer.WeightScale!;
            Assert.Equal(layer.Weights.Shape, layer.IntegerWeights.Shape);
            for (int i = 0; i < floats.Length; i++)
            {
                double scale = scales[i % scales.Length];
                Assert.Equal(floats[i], integers[i] * scale, 0.501 * scale);
            }

            Assert.Equal(layer.Bias is null, layer.IntegerBias is null);
        }
    }

    [Fact]
    public void Arrays_are_copies()
    {
        Model model = VectorCase.Open("digits_ds_cnn").ReadModel("quantized.h5");
        ModelLayer layer = model["stem_conv"];
        float kept = layer.Weights!.Values[0];
        Array.Clear(layer.Weights.Values);
        Array.Clear(layer.IntegerWeights!.Values);
        Array.Clear(layer.Variables["kernel"].Values);
        Assert.Equal(kept, layer.Weights.Values[0]);
        Assert.NotEqual(0, layer.IntegerWeights.Values.Sum(Math.Abs));
        Assert.Equal(kept, layer.Variables["kernel"].Values[0]);
    }

    [Fact]
    public void Layers_of_quantized_ONNX_files_show_their_integers()
    {
        foreach (ModelLayer layer in Integers.Layers)
        {
            switch (layer.Layer)
            {
                case IntegerInputQuantizer quantizer:
                    Assert.Equal((8, quantizer.IsSigned), (layer.Bitwidth, layer.Signed));
                    Assert.Equal(quantizer.IsSigned ? null : quantizer.ZeroPoints.Select(point => (long)point), layer.Offset);
                    Assert.Equal(1 / (double)quantizer.Step[0], layer.Scale![0]);
                    break;
                case IntegerWeightedLayer weighted:
                    Assert.Null(layer.Weights);
                    Assert.Equal(weighted.Kernel.Values.Select(weight => (long)weight), layer.IntegerWeights!.Values);
                    Assert.Equal(weighted.Tail.Bias?.Select(bias => (long)bias), layer.IntegerBias?.Values);
                    Assert.Equal(weighted.Tail.Rescaling?.Shifts?.AsEnumerable(), layer.OutputShift);
                    Assert.Equal(weighted.Tail.Rescaling?.Factors?.Select(factor => (long)factor), layer.OutputScale);
                    Assert.Equal(weighted.Tail.Rescaling is null, layer.Bitwidth is null);
                    break;
                case Dequantizer:
                    Assert.NotNull(layer.Scale);
                    break;
            }
        }

        Assert.Contains(Integers.Layers, layer => layer.IntegerWeights is not null);
        Assert.Contains(Integers.Layers, layer => layer.Offset is not null || layer.Layer is IntegerInputQuantizer { IsSigned: true });
    }

    [Fact]
    public void Float_layers_have_weights_and_nothing_of_quantizers()
    {
        Model model = VectorCase.Open("digits_ds_cnn").ReadModel("float.h5");
        ModelLayer layer = model["stem_conv"];
        Assert.NotNull(layer.Weights);
        Assert.Equal("Conv2D", layer.ClassName);
        Assert.Equal(16L, layer.Arguments["filters"]);
        Assert.Equal(
            (null, null, null, null, null, null, null),
            (layer.OutputBits, layer.Bitwidth, layer.Signed, layer.Scale, layer.FracBits, layer.IntegerWeights, layer.RangeMax));
        Assert.Empty(layer.QuantizationVariables);
    }

    [Fact]
    public void A_model_whose_input_shape_is_open_shows_what_does_not_depend_on_it()
    {
        Model model = VectorCase.Open("digits_ds_cnn").ReadModel("float.h5").WithInputShape(new Shape(Shape.Unknown, Shape.Unknown, 1));
        ModelLayer layer = model["stem_conv"];
        Assert.NotNull(layer.Weights);
        Assert.Null(layer.OutputShape);
        Assert.Null(layer.OutputBits);
    }
}
