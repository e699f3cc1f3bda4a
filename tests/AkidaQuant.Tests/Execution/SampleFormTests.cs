using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Execution;

/// <summary>How the samples of callers become the input of a repaired network.</summary>
public sealed class SampleFormTests
{
    private static readonly SampleForm Turned = new() { Shape = new Shape(2, 3, 2), IsTurned = true };

    [Fact]
    public void An_image_is_turned_by_180_degrees() =>
        Assert.Equal([10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1], Fit(Turned, Numbered(1, 2, 3, 2), new Shape(2, 3, 2)).Values(0));

    [Fact]
    public void Axes_are_put_in_another_order_before_the_shape_is_that_of_the_input()
    {
        SampleForm form = new() { Shape = new Shape(2, 3, 2), Axes = [2, 0, 1] };
        SampleSet fitted = Fit(form, Numbered(2, 2, 3, 2), new Shape(12));
        Assert.Equal(new Shape(12), fitted.SampleShape);
        Assert.Equal([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11], fitted.Values(0));
        Assert.Equal([12, 14, 16, 18, 20, 22, 13, 15, 17, 19, 21, 23], fitted.Values(1));
    }

    [Fact]
    public void Any_order_of_axes_is_that_of_numpy() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Shuffle(new[] { 0, 1, 2 }))
            .Sample(
                (rows, columns, channels, axes) =>
                {
                    int[] sizes = [rows, columns, channels];
                    SampleForm form = new() { Shape = new Shape(sizes), Axes = new ValueList<int>(axes) };
                    Shape input = new([.. axes.Select(axis => sizes[axis])]);
                    float[] values = Fit(form, Numbered(1, rows, columns, channels), input).Values(0);
                    for (int i = 0; i < values.Length; i++)
                    {
                        int[] place = new int[3];
                        (place[axes[0]], int rest) = Math.DivRem(i, input[1] * input[2]);
                        (place[axes[1]], place[axes[2]]) = Math.DivRem(rest, input[2]);
                        Assert.Equal((((place[0] * columns) + place[1]) * channels) + place[2], values[i]);
                    }
                },
                iter: 50,
                threads: 1);

    [Fact]
    public void Samples_that_were_fitted_are_not_fitted_again()
    {
        SampleSet once = Fit(Turned, Numbered(3, 2, 3, 2), new Shape(2, 3, 2));
        Assert.Same(once, Fit(Turned, once, new Shape(2, 3, 2)));
        foreach (SampleSet part in (SampleSet[])[once.Slice(1), once.Select([1]), once.WithLabels([1, 2, 3]).Slice(1)])
        {
            Assert.Same(part, Fit(Turned with { }, part, new Shape(2, 3, 2)));
            Assert.Equal(once.Values(1), part.Values(0));
        }
    }

    [Fact]
    public void Samples_of_the_shape_of_the_input_are_taken_as_they_are_where_that_is_another()
    {
        SampleForm form = new() { Shape = new Shape(2, 3, 2) };
        SampleSet own = Numbered(1, 12);
        Assert.Same(own, Fit(form, own, new Shape(12)));
        Assert.Equal(own.Values(0), Fit(form, Numbered(1, 2, 3, 2), new Shape(12)).Values(0));
    }

    [Fact]
    public void Channels_may_come_first_before_the_image_is_turned()
    {
        SampleSet last = Numbered(2, 2, 3, 2);
        SampleSet first = last.WithLastAxisFirst();
        SampleSet fitted = Turned.Fit(first, new Shape(2, 3, 2), mayBeFirst: true, "model");
        Assert.Equal(Fit(Turned, last, new Shape(2, 3, 2)).Values(1), fitted.Values(1));
    }

    [Fact]
    public void Every_type_of_values_is_rearranged()
    {
        SampleSet bytes = SampleSet.FromArray(Enumerable.Range(0, 24).Select(i => (byte)i).ToArray(), new Shape(2, 2, 3)).WithFirstAxisLast();
        SampleForm form = new() { Shape = new Shape(2, 3, 2), IsTurned = true };
        SampleSet fitted = Fit(form, bytes, new Shape(2, 3, 2));
        float[] expected = [.. fitted.Values(0), .. fitted.Values(1)];
        long[] wide = new long[24];
        fitted.CopyTo(0, 2, wide);
        Assert.Equal(expected, wide.Select(value => (float)value));
        short[] narrow = new short[24];
        Assert.True(fitted.TryCopyTo(0, 2, narrow, new ValueRange(0, 255)));
        Assert.Equal(expected, narrow.Select(value => (float)value));
        Assert.False(fitted.TryCopyTo(0, 2, narrow, new ValueRange(0, 5)));
        byte[] stored = new byte[24];
        fitted.CopyStored(0, 2, stored);
        Assert.Equal(expected, stored.Select(value => (float)value));
        Assert.Equal("uint8", fitted.DType);
    }

    [Fact]
    public void A_value_that_is_wrong_is_named_where_it_stands_in_the_callers_sample()
    {
        float[] values = new float[24];
        values[13] = float.NaN;
        SampleSet fitted = Fit(Turned, SampleSet.FromArray(values, new Shape(2, 3, 2)), new Shape(2, 3, 2));
        QuantException error = Assert.Throws<QuantException>(() => fitted.Values(1));
        Assert.Equal("SampleValueInvalid", error.Id);
        Assert.Contains("Sample 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("at its value 1,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_shapes_are_refused_by_the_name_of_the_callers()
    {
        SampleForm form = new() { Shape = new Shape(4, 3) };
        QuantException error = Assert.Throws<QuantException>(() => Fit(form, Numbered(1, 13), new Shape(12)));
        Assert.Equal("SampleShapeMismatch", error.Id);
        Assert.Contains("takes (4, 3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restored_samples_are_those_that_fit()
    {
        foreach (SampleForm form in (SampleForm[])[Turned, new() { Shape = new Shape(3, 2, 2), Axes = [1, 0, 2] }, new() { Shape = new Shape(12) }])
        {
            SampleSet own = Numbered(2, 2, 3, 2);
            SampleSet restored = form.Restore(own);
            Assert.Equal(form.Shape, restored.SampleShape);
            Assert.Equal(own.Values(1), Fit(form, restored, own.SampleShape).Values(1));
        }
    }

    [Theory]
    [InlineData(new[] { 2, 2 }, null, false, "as many values")]
    [InlineData(new[] { 4, -1 }, null, false, "must be known")]
    [InlineData(new[] { 4, 3 }, new[] { 0, 0 }, false, "each once")]
    [InlineData(new[] { 4, 3 }, new[] { 0 }, false, "each once")]
    [InlineData(new[] { 12 }, null, true, "no image")]
    [InlineData(new[] { 65536, 65536 }, null, false, "as many values")]
    public void Forms_that_are_none_are_refused(int[] shape, int[]? axes, bool isTurned, string expected)
    {
        SampleForm form = new() { Shape = new Shape(shape), Axes = axes is null ? null : new ValueList<int>(axes), IsTurned = isTurned };
        QuantException error = Assert.Throws<QuantException>(() => Fit(form, Numbered(1, 12), new Shape(12)));
        Assert.Equal("SampleFormInvalid", error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static SampleSet Fit(SampleForm form, SampleSet samples, Shape input) => form.Fit(samples, input, mayBeFirst: false, "model");

    private static SampleSet Numbered(int count, params int[] shape)
    {
        Shape sample = new(shape);
        return SampleSet.FromArray(Enumerable.Range(0, count * sample.Size).Select(i => (float)i).ToArray(), sample);
    }
}
