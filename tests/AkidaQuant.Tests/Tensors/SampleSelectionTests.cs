using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Samples;
using AkidaQuant.Tests.Formats;
using CsCheck;

namespace AkidaQuant.Tests.Tensors;

/// <summary>Samples taken out of a set by their positions.</summary>
public sealed class SampleSelectionTests : TemporaryFolder
{
    private static readonly SampleSet Ten = SampleSet
        .FromArray(
            Enumerable.Range(0, 60).Select(i => (short)i).ToArray(),
            new Shape(2, 3),
            [.. Enumerable.Range(0, 10)],
            [.. "abcdefghij".Select(c => c.ToString())])
        .WithLabels([.. Enumerable.Range(0, 10)], [.. "ABCDEFGHIJ".Select(c => c.ToString())]);

    [Fact]
    public void Samples_labels_names_and_classes_follow_the_positions()
    {
        SampleSet some = Ten[3, -1, 3];
        Assert.Equal((3, Ten.SampleShape, "int16", Ten.Source), (some.Count, some.SampleShape, some.DType, some.Source));
        Assert.Equal([3, 9, 3], some.Labels!);
        Assert.Equal(["d", "j", "d"], some.Names!);
        Assert.Equal(Ten.Classes, some.Classes);
        Assert.Equal(Ten.Values(9), some.Values(1));
    }

    [Fact]
    public void Any_selection_of_any_slice_reads_as_its_samples_do_one_by_one() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 9].Array[1, 12], Gen.Int[0, 11], Gen.Bool).Sample(
            (skip, positions, start, turns) =>
            {
                SampleSet set = turns ? Ten.Slice(skip).WithFirstAxisLast() : Ten.Slice(skip);
                int[] valid = Array.ConvertAll(positions, position => position % set.Count);
                SampleSet some = set.Select(valid);
                Assert.Equal(valid.SelectMany(set.Values), Floats(some, 0, some.Count));
                int from = start % some.Count;
                SampleSet again = some.Select([.. Enumerable.Range(from, some.Count - from)]);
                Assert.Equal(Floats(some, from, again.Count), Floats(again, 0, again.Count));
                long[] integers = new long[again.Count * 6];
                again.CopyTo(0, again.Count, integers);
                Assert.Equal(Floats(again, 0, again.Count), integers.Select(value => (float)value));
                short[] narrow = new short[integers.Length];
                Assert.True(again.TryCopyTo(0, again.Count, narrow, new ValueRange(0, 100)));
                Assert.Equal(integers, narrow.Select(value => (long)value));
                Assert.False(again.TryCopyTo(0, again.Count, narrow, new ValueRange(0, 0)) && integers.Any(value => value > 0));
            });

    [Fact]
    public void A_wrong_value_is_named_by_its_place_in_the_selection()
    {
        float[] values = new float[12];
        values[7] = float.NaN;
        SampleSet some = SampleSet.FromArray(values, new Shape(3))[0, 2, 1];
        QuantException error = Assert.Throws<QuantException>(() => Floats(some, 0, 3));
        Assert.StartsWith("Sample 1 of an array holds NaN at its value 1,", error.Message, StringComparison.Ordinal);
        Assert.Throws<QuantException>(() => some.CopyTo(1, 1, new long[3]));
    }

    [Fact]
    public void Of_a_file_only_the_selected_samples_are_read()
    {
        string path = PathOf("images.npy");
        NpyWriter.Write(new NpyArray(new Shape(4, 10), Enumerable.Range(0, 40).Select(i => (float)i).ToArray()), path);
        SampleSet all = SampleReader.Read(path, new SampleReadOptions { MemoryLimit = 0 });
        SampleSet some = all[2, 0];
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            // The last sample is gone.
            file.SetLength(file.Length - 40);
        }

        Assert.Equal(20f, some.Values(0)[0]);
        Assert.Equal(0f, some.Values(1)[0]);
        Assert.Throws<QuantException>(() => all[3].Values(0));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-11)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_position_that_there_is_not_is_an_error_that_says_which_there_are(int position)
    {
        QuantException error = Assert.Throws<QuantException>(() => Ten[0, position]);
        Assert.Equal("SampleIndexOutOfRange", error.Id);
        Assert.Contains("0 to 9, or -1 to -10 from the end", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_position_is_an_error() => Assert.Equal("SampleSetEmpty", Assert.Throws<QuantException>(() => Ten[[]]).Id);

    [Fact]
    public void Languages_that_bind_when_they_run_may_give_lists_ranges_and_texts()
    {
        dynamic samples = Ten;
        Assert.Equal([4], ((SampleSet)samples[4]).Labels!);
        Assert.Equal([1, 2, 9], ((SampleSet)samples[new object[] { 1, "2", new[] { -1L } }]).Labels!);
        Assert.Equal([0, 3], ((SampleSet)samples[0, 3.0]).Labels!);
        foreach (object? wrong in new object?[] { 0.5, "x", null, true, 'c', new object?[] { null } })
        {
            Assert.Equal("SampleIndexInvalid", Assert.Throws<QuantException>(() => (SampleSet)samples[wrong]).Id);
        }
    }

    private static float[] Floats(SampleSet samples, int start, int count)
    {
        float[] values = new float[count * samples.SampleShape.Size];
        samples.CopyTo(start, count, values);
        return values;
    }
}
