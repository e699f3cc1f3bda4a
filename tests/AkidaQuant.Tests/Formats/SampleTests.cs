using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using CsCheck;

namespace AkidaQuant.Tests.Formats;

public sealed class SampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_digits_come_with_their_labels()
    {
        SampleSet samples = SampleReader.Read(Repository.PathOf("tests/vectors/keras/digits_lenet/inputs.npz"), skip: 10, first: 5);
        Assert.Equal(5, samples.Count);
        Assert.Equal(new Shape(28, 28, 1), samples.SampleShape);
        Assert.Equal(5, samples.Labels!.Length);
        SampleSet all = SampleReader.Read(Repository.PathOf("tests/vectors/keras/digits_lenet/inputs.npz"));
        Assert.Equal(all.Labels![10..15], samples.Labels);
        float[] expected = new float[all.SampleShape.Size];
        float[] found = new float[all.SampleShape.Size];
        all.CopyTo(11, 1, expected);
        samples.CopyTo(1, 1, found);
        Assert.Equal(expected, found);
        Assert.NotEqual(0f, expected.Sum());
    }

    /// <summary>Turned any number of times, also seen in another shape between, samples are what turning copies of them gives.</summary>
    [Fact]
    public void Turned_samples_are_turned_copies() =>
        Gen.Select(Gen.Int[1, 5].Array[1, 4], Gen.Int[0, 2].Array[1, 5]).Sample((sides, turns) =>
        {
            SampleSet samples = SampleSet.FromArray(Enumerable.Range(0, 2 * new Shape(sides).Size).ToArray(), new Shape(sides));
            SampleSet copies = samples;
            foreach (int turn in turns)
            {
                samples = Turn(samples, turn);
                SampleSet turned = Turn(copies, turn);
                copies = SampleSet.FromArray(turned.Values(0).Concat(turned.Values(1)).ToArray(), turned.SampleShape);
                Assert.Equal(copies.SampleShape, samples.SampleShape);
                Assert.Equal(copies.Values(0), samples.Values(0));
                Assert.Equal(copies.Values(1), samples.Slice(1, null).Values(0));
            }

            static SampleSet Turn(SampleSet samples, int kind) => kind switch
            {
                0 => samples.WithFirstAxisLast(),
                1 => samples.WithLastAxisFirst(),
                _ => samples.Reshape(new Shape([.. samples.SampleShape.Reverse()])),
            };
        });

    [Theory]
    [InlineData(new[] { "inputs", "samples", "labels" }, "samples", "labels")]
    [InlineData(new[] { "x_test", "y_test", "x_train", "y_train" }, "x_train", "y_train")]
    [InlineData(new[] { "x_test", "y_train" }, "x_test", null)]
    [InlineData(new[] { "images", "y" }, "images", "y")]
    [InlineData(new[] { "x", "y" }, "x", "y")]
    public void Arrays_are_found_by_their_usual_names(string[] names, string samples, string? labels)
    {
        SampleSet read = SampleReader.Read(WriteArchive(names));
        Assert.Equal(Array.IndexOf(names, samples), First(read));
        Assert.Equal(labels is null ? null : Array.IndexOf(names, labels), read.Labels?[0]);
    }

    [Fact]
    public void Arrays_can_be_named()
    {
        SampleSet read = SampleReader.Read(WriteArchive(["a", "samples", "c"]), name: "c", labelName: "a");
        Assert.Equal(2, First(read));
        Assert.Equal([0, 0], read.Labels!);
    }

    [Theory]
    [InlineData(new[] { "a", "b" }, null, null, "ArrayAmbiguous")]
    [InlineData(new[] { "labels" }, null, null, "ArrayNotFound")]
    [InlineData(new[] { "a" }, "b", null, "ArrayNotFound")]
    [InlineData(new[] { "a" }, "a", "b", "ArrayNotFound")]
    public void Names_that_do_not_fit_list_the_arrays(string[] names, string? name, string? labelName, string id)
    {
        QuantException error = Assert.Throws<QuantException>(() => SampleReader.Read(WriteArchive(names), name, labelName));
        Assert.Equal(id, error.Id);
        Assert.All(names, known => Assert.Contains($"'{known}'", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_that_are_not_one_class_a_sample_are_an_error()
    {
        string path = Path.Combine(_folder, "a.npz");
        NpyArray samples = new(new Shape(2, 1), new byte[2]);
        NpzWriter.Write([new("samples", samples), new("labels", new NpyArray(new Shape(2, 10), new float[20]))], path);
        Assert.Equal("LabelsInvalid", Assert.Throws<QuantException>(() => SampleReader.Read(path)).Id);
        NpzWriter.Write([new("samples", samples), new("labels", new NpyArray(new Shape(2), new[] { 0.5f, 1 }))], path);
        Assert.Equal("LabelsInvalid", Assert.Throws<QuantException>(() => SampleReader.Read(path)).Id);
        NpzWriter.Write([new("samples", samples), new("labels", new NpyArray(new Shape(3), new int[3]))], path);
        Assert.Equal("LabelCountMismatch", Assert.Throws<QuantException>(() => SampleReader.Read(path)).Id);
        NpzWriter.Write([new("samples", samples), new("labels", new NpyArray(new Shape(2, 1), new[] { 4.0, 5 }))], path);
        Assert.Equal([4, 5], SampleReader.Read(path).Labels!);
    }

    [Fact]
    public void A_single_array_is_samples()
    {
        string path = Path.Combine(_folder, "a.npy");
        NpyWriter.Write(new NpyArray(new Shape(3, 2), new short[] { 1, 2, 3, 4, 5, 6 }), path);
        SampleSet samples = SampleReader.Read(path, skip: 1);
        Assert.Equal("int16", samples.DType);
        Assert.Equal(IntegerType.Int16, samples.Type);
        long[] values = new long[4];
        samples.CopyTo(0, 2, values);
        Assert.Equal([3, 4, 5, 6], values);
    }

    [Fact]
    public void Other_extensions_say_what_can_be_read() =>
        Assert.Equal("SampleFormatUnknown", Assert.Throws<QuantException>(() => SampleReader.Read("a.txt")).Id);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Values_that_are_not_finite_are_refused_when_read(float value)
    {
        SampleSet samples = SampleSet.FromArray(new[] { 1f, 2f, 3f, value }, new Shape(2), names: ["first", "second"]);
        QuantException error = Assert.Throws<QuantException>(() => samples.CopyTo(0, 2, new float[4]));
        Assert.Equal("SampleValueInvalid", error.Id);
        Assert.Contains("Sample 1 ('second')", error.Message, StringComparison.Ordinal);
        Assert.Contains("value 1", error.Message, StringComparison.Ordinal);
        samples.CopyTo(0, 1, new float[2]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(9.2233720368547758e18)]
    [InlineData(-1e300)]
    public void Values_that_are_no_integers_are_refused_as_integers(double value)
    {
        SampleSet samples = SampleSet.FromArray(new[] { 1.0, value }, new Shape(1));
        QuantException error = Assert.Throws<QuantException>(() => samples.CopyTo(0, 2, new long[2]));
        Assert.Equal("SampleValueInvalid", error.Id);
        Assert.Contains("Sample 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extreme_integers_are_exact()
    {
        long[] values = new long[2];
        SampleSet.FromArray(new[] { long.MinValue, long.MaxValue }, new Shape(2)).CopyTo(0, 1, values);
        Assert.Equal([long.MinValue, long.MaxValue], values);
        SampleSet.FromArray(new[] { -9.2233720368547758e18, 4503599627370497.0 }, new Shape(2)).CopyTo(0, 1, values);
        Assert.Equal([long.MinValue, 4503599627370497], values);
        Assert.Throws<QuantException>(() => SampleSet.FromArray(new[] { ulong.MaxValue, 1ul }, new Shape(2)).CopyTo(0, 1, values));
    }

    [Fact]
    public void Sets_that_make_no_sense_are_refused()
    {
        Assert.Equal("SampleSetEmpty", IdOf(() => SampleSet.FromArray(Array.Empty<float>(), new Shape(2))));
        Assert.Equal("SampleShapeInvalid", IdOf(() => SampleSet.FromArray(new float[3], new Shape(2))));
        Assert.Equal("SampleShapeInvalid", IdOf(() => SampleSet.FromArray(new float[3], new Shape(Shape.Unknown))));
        Assert.Equal("SampleShapeInvalid", IdOf(() => new NpyArray(Shape.Scalar, new float[1]).ToSamples("x")));
        Assert.Equal("SampleTypeUnknown", IdOf(() => SampleSet.FromArray(new[] { "a" }, new Shape(1))));
        Assert.Equal("LabelCountMismatch", IdOf(() => SampleSet.FromArray(new float[2], new Shape(1), labels: [1])));
        Assert.Equal("NameCountMismatch", IdOf(() => SampleSet.FromArray(new float[2], new Shape(1), names: ["a"])));
        SampleSet two = SampleSet.FromArray(new float[2], new Shape(1), labels: [3, 4]);
        Assert.Equal("SampleSetEmpty", IdOf(() => two.Slice(2)));
        Assert.Equal("SampleSetEmpty", IdOf(() => two.Slice(0, 0)));
        Assert.Equal("SampleRangeInvalid", IdOf(() => two.Slice(-1)));
        Assert.Equal([4], two.Slice(1, 100).Labels!);
    }

    private static string IdOf(Action action) => Assert.Throws<QuantException>(action).Id;

    private static int First(SampleSet samples)
    {
        long[] values = new long[samples.SampleShape.Size];
        samples.CopyTo(0, 1, values);
        return (int)values[0];
    }

    /// <summary>Writes an archive where every value of an array is its position in the archive.</summary>
    private string WriteArchive(string[] names)
    {
        string path = Path.Combine(_folder, "a.npz");
        NpzWriter.Write(names.Select((name, i) => KeyValuePair.Create(name, new NpyArray(new Shape(2), new[] { i, i }))), path);
        return path;
    }
}
