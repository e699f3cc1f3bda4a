using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Repair;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Networks over rows in time that become networks over images of height 1.</summary>
public sealed class SequenceRewriteTests
{
    [Fact]
    public void Random_networks_compute_the_same_over_images() => SequenceNetwork.Any.Sample(
        network =>
        {
            Model rewritten = new ReplaceSequences().Apply(network.Model, new RewriteLog(null));
            Assert.DoesNotContain(rewritten.GraphLayers, layer => layer is SequenceLayer);
            Assert.Equal(network.Model.InputShape, rewritten.Input.SampleShape);
            Assert.Equal(network.Model.InputShape.Prepend(1), rewritten.InputShape);
            Assert.Equal(network.Model.Plan.Output.Shape, rewritten.Plan.Output.Shape);
            RepairCase.AssertSameFloats(network.Model, rewritten, RepairCase.Samples(network.Model));
            Assert.Same(rewritten, new ReplaceSequences().Apply(rewritten, new RewriteLog(null)));
        },
        iter: RandomNetwork.Count,
        threads: 1);

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Random_networks_read_back_as_they_were_written(string extension) => SequenceNetwork.Any.Sample(
        network =>
        {
            Outputs.AssertReadBack(network.Model, extension);
            Model quantized = Quantizer.Quantize(network.Model, new QuantizeOptions
            {
                Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
                Samples = RepairCase.Samples(network.Model),
            });
            string folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;
            try
            {
                string path = Path.Combine(folder, $"quantized{extension}");
                ModelWriter.Write(quantized, path);
                Model read = ModelReader.Read(path);
                Assert.Equal(network.Model.InputShape, read.Input.SampleShape);
                RepairCase.AssertSameFloats(quantized, read, RepairCase.Samples(network.Model));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        },
        iter: RandomNetwork.Count / 5,
        threads: 1);

    /// <summary>From a file with rows in time to an Akida model.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_that_spots_keywords_converts(bool flattens)
    {
        Model model = SequenceNetwork.Keywords(flattens);
        Model repaired = RepairCase.Check(model);
        Assert.Equal(new Shape(40, 10), repaired.Input.SampleShape);
        SampleSet samples = RepairCase.Samples(model);
        Assert.Equal(new Shape(40, 10), samples.SampleShape);
        Assert.NotEmpty(RepairCase.Convert(repaired, samples).Layers);
    }

    [Fact]
    public void Rows_at_the_end_keep_their_shape()
    {
        Model model = SequenceNetwork.Rows();
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = RepairCase.Samples(model) });
        Assert.Equal(model.Plan.Output.Shape, quantized.Plan.Output.Shape);
        Assert.Equal(2, quantized.Plan.Output.Shape.Rank);
        RepairCase.Check(model);
    }

    [Fact]
    public void What_has_no_form_keeps_the_network_as_it_is()
    {
        Model model = new Graph(4).Add(new RepeatVector { Name = "repeat", Count = 6 })
            .Add(SequenceNetwork.Convolution("conv", 3, 4, 2)).Build();
        List<string> log = [];
        Assert.Same(model, new ReplaceSequences().Apply(model, new RewriteLog(log.Add)));
        Assert.StartsWith("Left alone: 'repeat' keeps the whole model", Assert.Single(log), StringComparison.Ordinal);
        Model images = new Graph(6, 6, 3).Conv("conv", 3, 3, 2).Build();
        Assert.Same(images, new ReplaceSequences().Apply(images, new RewriteLog(log.Add)));
        Assert.Single(log);
    }

    [Fact]
    public void Samples_give_a_length_that_is_left_open()
    {
        Model model = SequenceNetwork.Keywords(flattens: false).WithInputShape(new Shape(Shape.Unknown, 10));
        SampleSet samples = RandomSamples.CreateFloats(new Shape(40, 10), 12, 5, -1, 1);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples });
        Assert.Equal(new Shape(1, 40, 10), quantized.InputShape);
        Assert.Equal(12, Inference.Run(quantized, samples).Sum(batch => batch.Count));
        Assert.Equal(new Shape(1, 40, 10), Quantizer.FloatSource(quantized, model).InputShape);
    }
}
