using System.Numerics.Tensors;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Models;

/// <summary>Models of several outputs give all of them: heads of a network, or parts of one tensor.</summary>
public sealed class MultiPredictionTests
{
    private static readonly SampleSet Samples = RandomSamples.CreateFloats(new Shape(6, 6, 1), 11, 3, -1, 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(256)]
    public void Every_output_is_that_of_a_model_that_gives_it_alone(int batchSize)
    {
        Model model = Heads();
        MultiPrediction[] predictions =
        [
            .. Inference.RunAll(model, Samples, batchSize, cancellation: Cancellation)
                .SelectMany(batch => Prediction.From(batch, model.Plan.Outputs, Samples)).Cast<MultiPrediction>(),
        ];
        Assert.Equal(Enumerable.Range(0, Samples.Count), predictions.Select(prediction => prediction.Index));
        foreach (PlanOutput output in model.Plan.Outputs)
        {
            Model alone = Model.Create("alone", false, model.Nodes, [output.Name]);
            Assert.Equal(Of(alone), predictions.SelectMany(prediction => prediction.Outputs[output.Name].Values));
            Assert.All(predictions, prediction => Assert.Equal(output.Shape, prediction.Outputs[output.Name].Shape));
        }

        // The first is what a model of one output says.
        Assert.Equal(
            Inference.Run(model, Samples, cancellation: Cancellation)
                .SelectMany(batch => Prediction.From(batch, model.Plan.Output.Shape, Samples))
                .Select(prediction => (prediction.Class, prediction.Score)),
            predictions.Select(prediction => (prediction.Class, prediction.Score)));
        Assert.EndsWith(", 2 outputs: classes, boxes", predictions[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_come_by_name_and_one_comes_as_it_is()
    {
        Model model = Heads();
        var tensors = Assert.IsType<LayerDictionary<object>>(
            OutputTensor.Collect(Inference.RunAll(model, Samples, 3, cancellation: Cancellation), model.Plan.Outputs, Samples.Count));
        Assert.Equal(["classes", "boxes"], tensors.Keys);
        Assert.Equal([11, 4, 4, 2], Lengths(tensors["boxes"]));
        Assert.Equal(Of(Model.Create("alone", false, model.Nodes, ["boxes"])), (Tensor<float>)tensors["boxes"]);
        Model one = Model.Create("alone", false, model.Nodes, ["classes"]);
        object only = OutputTensor.Collect(Inference.RunAll(one, Samples, cancellation: Cancellation), one.Plan.Outputs, Samples.Count);
        Assert.Equal([11, 3], Lengths(only));
        Assert.IsNotType<MultiPrediction>(
            Prediction.From(Inference.RunAll(one, Samples, cancellation: Cancellation).First(), one.Plan.Outputs, Samples).First());
    }

    /// <summary>Several heads on one tensor as one layer: its channels are parted behind the integers.</summary>
    [Fact]
    public void An_Akida_model_gives_the_parts_of_its_tensor()
    {
        Model model = new Graph(6, 6, 1).Conv("conv", 3, 1, 4).ReLU("relu").Conv("heads", 1, 4, 5)
            .Add(SlicingOpLambda.OfChannels("classes", 3, 0, 3), "heads")
            .Add(SlicingOpLambda.OfChannels("rest", 3, 3, 5), "heads")
            .Add(new Activation { Name = "boxes", Function = "sigmoid" }, "rest")
            .Build("classes", "boxes");
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
            Samples = Samples,
            BatchSize = 4,
            Cancellation = Cancellation,
        });
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(["classes (4, 4, 3)", "boxes (4, 4, 2)"], akida.Outputs.Select(output => output.ToString()));
        float[] expected = [.. Inference.RunAll(quantized, Samples, cancellation: Cancellation).SelectMany(batch => batch.Values)];
        Assert.Equal(11 * 16 * 5, expected.Length);
        foreach (AkidaModel converted in new[] { akida, (AkidaModel)ObjectBytes.Read(ObjectBytes.Write(akida)) })
        {
            Assert.Equal(expected, Emulator.RunAll(converted, Samples, 4, cancellation: Cancellation).SelectMany(batch => batch.Values));
        }

        Assert.Equal(
            Inference.Run(quantized, Samples, cancellation: Cancellation).SelectMany(batch => batch.Values),
            Emulator.Run(akida, Samples, cancellation: Cancellation).SelectMany(batch => batch.Values));
    }

    /// <summary>Two heads: classes of the whole image, and boxes at each place.</summary>
    private static Model Heads() => new Graph(6, 6, 1).Conv("conv", 3, 1, 4).ReLU("relu")
        .Conv("boxes", 1, 4, 2, ["relu"])
        .Add(new GlobalAveragePooling2D { Name = "gap" }, "relu").Dense("classes", 4, 3)
        .Build("classes", "boxes");

    private static float[] Of(Model model) =>
        [.. Inference.Run(model, Samples, cancellation: Cancellation).SelectMany(batch => batch.Values)];

    private static int[] Lengths(object tensor) => [.. ((Tensor<float>)tensor).Lengths.ToArray().Select(length => (int)length)];
}
