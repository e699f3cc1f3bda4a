using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Optimization;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>A network with a form computes with the samples of callers what it computes without one on samples in that form, wherever they go.</summary>
public sealed class InputFormTests
{
    public static TheoryData<SampleForm> Forms =>
    [
        new SampleForm { Shape = new Shape(6, 5, 3), IsTurned = true },
        new SampleForm { Shape = new Shape(5, 3, 6), Axes = [2, 0, 1] },
        new SampleForm { Shape = new Shape(5, 3, 6), Axes = [2, 0, 1], IsTurned = true },
        new SampleForm { Shape = new Shape(90) },
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Quantizing_checking_analyzing_and_optimizing_meet_the_same_samples(SampleForm form)
    {
        Model plain = new Graph(6, 5, 3)
            .Conv("a", 3, 3, 6, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("a_relu")
            .Add(new Flatten { Name = "flat" }).Dense("fc", 180, 4)
            .Build();
        Model formed = plain.WithLayers(layer => layer is InputLayer input ? input with { Form = form } : layer);
        SampleSet given = RandomSamples.CreateFloats(form.Shape, 24, 3, -1, 1);
        SampleSet fitted = form.Fit(given, plain.InputShape, mayBeFirst: false, "model");
        SampleSet copied = SampleSet.FromArray(Enumerable.Range(0, 24).SelectMany(fitted.Values).ToArray(), plain.InputShape);
        Assert.Equal(Outputs(plain, copied), Outputs(formed, given));

        QuantizationParams scheme = new() { WeightBits = 4, ActivationBits = 4 };
        Model expected = Quantizer.Quantize(plain, new QuantizeOptions { Samples = copied, Parameters = scheme, BatchSize = 5 });
        Model actual = Quantizer.Quantize(formed, new QuantizeOptions { Samples = given, Parameters = scheme, BatchSize = 5 });
        Assert.Equal(Outputs(expected, copied), Outputs(actual, given));
        Assert.Equal(expected.Check!.Lines(), actual.Check!.Lines());

        foreach (QuantErrorMode mode in (QuantErrorMode[])[QuantErrorMode.Single, QuantErrorMode.Cumulative])
        {
            Assert.Equal(
                Errors(QuantErrorAnalysis.Run(expected, null, new QuantErrorOptions { Mode = mode, Samples = copied, BatchSize = 5 })),
                Errors(QuantErrorAnalysis.Run(actual, formed, new QuantErrorOptions { Mode = mode, Samples = given, BatchSize = 5 })));
        }

        foreach (OptimizationEffort effort in Enum.GetValues<OptimizationEffort>())
        {
            Model best = Optimizer.Optimize(expected, new OptimizationOptions { Samples = copied, Effort = effort });
            Model found = Optimizer.Optimize(actual, new OptimizationOptions { Samples = given, Effort = effort });
            Assert.Equal(best.Optimization!.ErrorAfter, found.Optimization!.ErrorAfter);
            Assert.Equal(Outputs(best, copied), Outputs(found, given));
            Assert.Equal(form, found.Input.Form);
        }
    }

    [Fact]
    public void A_float_network_from_before_the_repair_is_not_compared_layer_by_layer()
    {
        Model plain = new Graph(6, 5, 3).Conv("a", 3, 3, 6).ReLU("a_relu").Build();
        Model turned = plain.WithLayers(layer => layer is InputLayer input ? input with { Form = Form(isTurned: true) } : layer);
        Model same = plain.WithLayers(layer => layer is InputLayer input ? input with { Form = Form(isTurned: false) } : layer);
        Model quantized = Quantizer.Quantize(turned, new QuantizeOptions());
        QuantException error = Assert.Throws<QuantException>(() => Quantizer.FloatSource(quantized, plain));
        Assert.Equal("FloatFormDiffers", error.Id);
        Assert.Same(plain, Quantizer.FloatSource(Quantizer.Quantize(same, new QuantizeOptions()), plain));
    }

    private static SampleForm Form(bool isTurned) => new() { Shape = new Shape(6, 5, 3), IsTurned = isTurned };

    private static IEnumerable<double> Errors(QuantErrorReport report) => report.Rows.SelectMany(row => new[] { row.SignalToNoise, row.RelativeError });

    private static float[] Outputs(Model model, SampleSet samples) =>
        [.. Inference.Run(model, samples).SelectMany(batch => batch.Values.ToArray())];
}
