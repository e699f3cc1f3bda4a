using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Models;

/// <summary>akida-model.md 3.3: several neurons a class, the best classes, thresholds.</summary>
public sealed class ClassChoiceTests
{
    [Fact]
    public void Neurons_belong_to_classes_in_groups_one_behind_the_other() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[0, 9999]).Sample((classes, group, seed) =>
        {
            Random random = new(seed);
            float[] outputs = [.. Enumerable.Range(0, classes * group).Select(_ => (float)random.Next(-3, 4))];
            int best = 0;
            for (int neuron = 0; neuron < outputs.Length; neuron++)
            {
                best = outputs[neuron] > outputs[best] ? neuron : best;
            }

            ClassChoice choice = new() { ClassCount = classes, TopK = classes };
            Prediction chosen = choice.Apply(Plain(outputs));
            float[] greatest = [.. outputs.Chunk(group).Select(values => values.Max())];
            int[] order = [.. Enumerable.Range(0, classes).OrderBy(index => -greatest[index]).ThenBy(index => index)];
            return chosen.Class == best / (outputs.Length / classes)
                && chosen.Score == outputs[best]
                && chosen.Ranking.Select(entry => entry.Class).SequenceEqual(order)
                && chosen.Ranking.Select(entry => entry.Score).SequenceEqual(order.Select(index => (double)greatest[index]));
        });

    [Fact]
    public void Of_equal_outputs_the_first_wins()
    {
        ClassChoice choice = new() { ClassCount = 2, TopK = 2 };
        Prediction chosen = choice.Apply(Plain([1, 5, 5, 5]));
        Assert.Equal((0, "0: 5 1: 5"), (chosen.Class, chosen.Ranking.ToString()));
    }

    [Fact]
    public void A_score_below_the_threshold_makes_no_class()
    {
        ClassChoice choice = new() { Threshold = 5, TopK = 3 };
        Assert.Equal(1, choice.Apply(Plain([4, 5, 6 - 2])).Class);
        Prediction none = choice.Apply(Plain([4, 4.5f, 1]));
        Assert.Equal((null, 4.5f), (none.Class, none.Score));
        Assert.Empty(none.Ranking);
        Assert.Equal("sample 0: no class (4.5)", none.ToString());
        Assert.Null(choice.Apply(Plain([float.NaN, 9, 9])).Class);
        Assert.Equal("1: 6", choice.Apply(Plain([4, 6, 1])).Ranking.ToString());
        PotentialPrediction few = new PotentialPrediction(0, null, null, 1, 4, (int[])[3, 4]).Choose(choice);
        Assert.Equal((null, "sample 0: no class (4)"), (few.Class, few.ToString()));
        Assert.Equal(1, new PotentialPrediction(0, null, null, 1, 5, (int[])[3, 5]).Choose(choice).Class);
    }

    [Fact]
    public void What_is_no_row_stays_as_it_is()
    {
        Prediction image = new(0, null, null, null, null, (float[])[1, 2]);
        Assert.Same(image, new ClassChoice { Threshold = 5 }.Apply(image));
        Assert.Equal("sample 0: 2 outputs", image.ToString());
    }

    [Fact]
    public void Counts_that_do_not_fit_are_refused()
    {
        Refused(
            "ClassCountInvalid",
            "The 12 neurons of 'net' cannot be shared out evenly to 5 classes",
            new ClassChoice { ClassCount = 5 });
        Refused("ClassCountInvalid", "to 24 classes", new ClassChoice { ClassCount = 24 });
        Refused("ParameterOutOfRange", "TopK must be from 1 to 3", new ClassChoice { ClassCount = 3, TopK = 4 });
        Assert.Equal(4, new ClassChoice { ClassCount = 4 }.Classes("net", new Shape(1, 1, 12)));
        QuantException error = Assert.Throws<QuantException>(() => new ClassChoice().Classes("net", new Shape(2, 1, 12)));
        Assert.Equal("OutputNotClasses", error.Id);

        static void Refused(string id, string part, ClassChoice choice)
        {
            QuantException error = Assert.Throws<QuantException>(() => choice.Classes("net", new Shape(1, 1, 12)));
            Assert.Equal(id, error.Id);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Measurements_count_classes_and_samples_without_one()
    {
        float[] outputs = [0, 1, 9, 2, 9, 1, 2, 3, 1, 1, 0, 0];
        SampleSet samples = SampleSet.FromArray(new byte[3], new Shape(1), [1, 0, 1]);
        ModelMeasurement measured = Measurement.Of(
            "net",
            new Shape(1, 1, 4),
            samples,
            [1, 2],
            [new OutputBatch(0, 3, outputs)],
            choice: new ClassChoice { ClassCount = 2, Threshold = 2 });
        Assert.Equal((3, 2, 1, 2), (measured.Count, measured.Correct, measured.Rejected, measured.Confusion!.Classes));
        Assert.Equal("1: 0.6667 2: 0.6667", measured.TopK.ToString());
        Assert.Equal((1, 1), (measured.Confusion[0, 0], measured.Confusion[1, 1]));
        ModelMeasurement plain = Measurement.Of(
            "net", new Shape(1, 1, 4), samples, [], [new OutputBatch(0, 3, outputs)]);
        Assert.Equal((1, 0, 4), (plain.Correct, plain.Rejected, plain.Confusion!.Classes));
    }

    private static Prediction Plain(float[] outputs) =>
        Prediction.From(new OutputBatch(0, 1, outputs), new Shape(outputs.Length), SampleSet.FromArray(new byte[1], new Shape(1))).Single();
}
