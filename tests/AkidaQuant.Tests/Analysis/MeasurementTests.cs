using AkidaQuant.Akida.Layers;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Tests.Akida;

namespace AkidaQuant.Tests.Analysis;

public sealed class MeasurementTests
{
    private static readonly Shape Row = new(3);

    [Fact]
    public void Counts_the_greatest_output_the_first_of_equal_ones()
    {
        ModelMeasurement measured = Measurement.Of(
            "m",
            Row,
            Samples(0, 1, 2, 1),
            [],
            [Outputs(0, [9, 1, 1], [2, 2, 0]), Outputs(2, [0, 1, 5], [0, 7, 7])]);
        Assert.Equal(4, measured.Count);
        Assert.Equal(3, measured.Correct);
        Assert.Equal(0.75, measured.Accuracy);
        Assert.Equal(1, measured.Confusion![1, 0]);
        Assert.Equal(1, measured.Confusion![1, 1]);
        Assert.Equal([1, 1, 0], measured.Confusion!.Rows.ElementAt(1).Predicted);
        Assert.Equal(1, measured.Confusion!.Rows.ElementAt(1).Correct);
    }

    [Fact]
    public void Counts_labels_among_several_guesses()
    {
        ModelMeasurement measured = Measurement.Of("m", Row, Samples(2, 2, 1), [3, 1, 2, 2], [Outputs(0, [3, 2, 1], [1, 0, 5], [4, 4, 4])]);
        Assert.Equal([1, 2, 3], measured.TopK.Select(top => top.K));
        Assert.Equal([1, 2, 3], measured.TopK.Select(top => top.Correct));
        Assert.Equal(2.0 / 3, measured.TopK[1].Accuracy);
    }

    [Fact]
    public void Reports_the_samples_done()
    {
        List<int> done = [];
        _ = Measurement.Of("m", Row, Samples(0, 0, 0), [], [Outputs(0, [1, 0, 0], [1, 0, 0]), Outputs(2, [1, 0, 0])], done.Add);
        Assert.Equal([2, 3], done);
    }

    [Fact]
    public void Draws_the_confusion_as_a_table()
    {
        ModelMeasurement measured = Measurement.Of("m", Row, Samples(0, 1, 1), [], [Outputs(0, [1, 0, 0], [0, 1, 0], [0, 0, 1])]);
        Assert.Equal(
            "label | 0 1 2\n------+------\n    0 | 1 . .\n    1 | . 1 1\n    2 | . . .\n",
            measured.Confusion!.ToTable());
    }

    [Fact]
    public void Zeros_are_counted_without_labels_and_of_outputs_that_are_no_classes()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaQuantizer { Name = "quantizer", InputShape = new Shape(2, 1, 1), OutputSigned = true },
            new AkidaAdd { Name = "add", Inbounds = ["quantizer", "quantizer"] });
        var samples = SampleSet.FromArray((float[])[0, 3, 500, 0.2f], new Shape(2, 1, 1));
        foreach (SampleSet given in (SampleSet[])[samples, samples.WithLabels([0, 1])])
        {
            AkidaMeasurement measured = Measurement.Run(model, given, sparsity: true, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal((2, null, null, null), (measured.Count, measured.Correct, measured.Accuracy, measured.Confusion));
            Assert.Equal(0.5, Assert.Single(measured.Sparsity).Sparsity);
            Assert.Equal((1L, 4L, 0.25), (measured.Clamped, measured.Values, measured.ClampedShare));
            Assert.Equal($"model (Akida 2.0 {measured.Bits}): 2 samples", measured.ToString());
        }

        AssertId("OutputNotClasses", () => Measurement.Run(model, samples));
        AssertId("OutputNotClasses", () => Measurement.Run(model, samples, [1], sparsity: true));
    }

    [Fact]
    public void Refuses_what_cannot_be_measured()
    {
        AssertId("LabelsMissing", () => Measurement.Of("m", Row, SampleSet.FromArray(new byte[2], new Shape(1)), [], []));
        AssertId("LabelOutOfRange", () => Measurement.Of("m", Row, Samples(0, 3), [], []));
        AssertId("LabelOutOfRange", () => Measurement.Of("m", Row, Samples(-1), [], []));
        AssertId("OutputNotClasses", () => Measurement.Of("m", new Shape(2, 3), Samples(0), [], []));
        AssertId("ParameterOutOfRange", () => Measurement.Of("m", Row, Samples(0), [0], []));
        AssertId("ParameterOutOfRange", () => Measurement.Of("m", Row, Samples(0), [4], []));
    }

    private static void AssertId(string id, Action action) => Assert.Equal(id, Assert.Throws<QuantException>(action).Id);

    private static SampleSet Samples(params int[] labels) => SampleSet.FromArray(new byte[labels.Length], new Shape(1), labels);

    private static OutputBatch Outputs(int start, params float[][] rows) => new(start, rows.Length, [.. rows.SelectMany(row => row)]);
}
