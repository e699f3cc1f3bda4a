using AkidaQuant.Formats;
using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Tests.Formats.Samples;

public sealed class TableTests : TemporaryFolder
{
    [Theory]
    [InlineData("1,2\n3,4\n")]
    [InlineData("1;2\r\n3;4\r\n")]
    [InlineData("1\t2\r3\t4")]
    [InlineData("a,b\n1,2\n\n3,4\n")]
    [InlineData("\"a,\"\"x\"\"\",b\n\"1\", 2 \n \"3\" ,4")]
    [InlineData("\uFEFFa,b\n1,2\n3,4.0")]
    public void Rows_are_samples(string text)
    {
        SampleSet samples = SampleReader.Read(Write("a.csv", text));
        Assert.Equal(new Shape(2), samples.SampleShape);
        Assert.Equal([1, 2, 3, 4], Integers(samples));
        Assert.Equal("uint8", samples.DType);
        Assert.Null(samples.Labels);
    }

    [Theory]
    [InlineData("0,255", "uint8")]
    [InlineData("0,256", "float32")]
    [InlineData("-1,2", "float32")]
    [InlineData("0.1,2", "float32")]
    [InlineData("16777216,1e3", "float32")]
    [InlineData("16777217,1", "float64")]
    public void The_type_holds_all_values(string text, string type) =>
        Assert.Equal(type, SampleReader.Read(Write("a.csv", text)).DType);

    [Theory]
    [InlineData("x,label,y\n1,7,2\n3,8,4", null)]
    [InlineData("x,Class,y\n1,7,2\n3,8,4", null)]
    [InlineData("x,kind,y\n1,7,2\n3,8,4", "kind")]
    [InlineData("x,kind,y\n1,7.0,2\n3,8,4", "1")]
    [InlineData("1,7,2\n3,8,4", "1")]
    [InlineData("1,7,2\n3,8,4", "-2")]
    public void A_column_can_be_labels(string text, string? column)
    {
        SampleSet samples = SampleReader.Read(Write("a.csv", text), labelName: column);
        Assert.Equal([7, 8], samples.Labels!);
        Assert.Equal([1, 2, 3, 4], Integers(samples));
        Assert.Null(samples.Classes);
    }

    [Fact]
    public void Labels_can_be_names()
    {
        SampleSet samples = SampleReader.Read(Write("a.csv", "5.1,setosa\n4.9,virginica\n4.7,setosa"), labelName: "1");
        Assert.Equal(["setosa", "virginica"], samples.Classes!);
        Assert.Equal([0, 1, 0], samples.Labels!);
        Assert.Equal(4.9f, samples.Values(1)[0]);
        SampleSet part = samples.Slice(1);
        Assert.Equal([1, 0], part.Labels!);
        Assert.Equal(samples.Classes, part.Classes);
    }

    [Fact]
    public void A_header_of_numbers_can_be_told()
    {
        string path = Write("a.csv", "0,1\n5,6\n");
        Assert.Equal([0, 1, 5, 6], Integers(SampleReader.Read(path)));
        Assert.Equal([5, 6], Integers(SampleReader.Read(path, new SampleReadOptions { HasHeader = true })));
        Assert.Equal([5, 0], [.. SampleReader.Read(path, new SampleReadOptions { HasHeader = true, LabelName = "0" }).Labels!, 0]);
        Assert.Equal(
            "TableInvalid",
            IdOf(() => SampleReader.Read(Write("b.csv", "a,b\n1,2"), new SampleReadOptions { HasHeader = false })));
    }

    [Fact]
    public void A_delimiter_can_be_told()
    {
        string path = Write("a.csv", "1|2\n3|4");
        Assert.Equal("TableInvalid", IdOf(() => SampleReader.Read(path, new SampleReadOptions { HasHeader = false })));
        Assert.Equal([1, 2, 3, 4], Integers(SampleReader.Read(path, new SampleReadOptions { Delimiter = '|' })));
        Assert.Equal("ParameterOutOfRange", IdOf(() => SampleReader.Read(path, new SampleReadOptions { Delimiter = '"' })));
    }

    [Fact]
    public void Rows_can_be_given_a_shape_and_cut()
    {
        SampleSet samples = SampleReader.Read(
            Write("a.tsv", "1\t2\t3\t4\n5\t6\t7\t8\n9\t9\t9\t9"),
            new SampleReadOptions
            {
                Shape = new Shape(2, 2, 1),
                Skip = 1,
                First = 1,
            });
        Assert.Equal(new Shape(2, 2, 1), samples.SampleShape);
        Assert.Equal([5, 6, 7, 8], Integers(samples));
    }

    [Theory]
    [InlineData("1,2\n3\n", "Line 2", "columns")]
    [InlineData("1,2\n\n3,x\n", "Line 3", "'x'")]
    [InlineData("1,2\n3,\n", "Line 2", "column 1")]
    [InlineData("1,2\n3,nan\n", "Line 2", "finite")]
    [InlineData("1,2\n3,1e999\n", "Line 2", "finite")]
    [InlineData("1,2\n3,\"4\n", "Line 2", "never closed")]
    [InlineData("1,2\n3,\"4\"5\n", "Line 2", "closing quote")]
    [InlineData("1,2\n3,4\"5\n", "Line 2", "quote")]
    [InlineData("\"a\nb\",c\n1,x\n", "Line 3", "'x'")]
    [InlineData("1,2\n3,4\0\n", "Line 2", "zero byte")]
    public void What_is_wrong_is_said_with_its_line(string text, string line, string problem)
    {
        QuantException error = Assert.Throws<QuantException>(() => SampleReader.Read(Write("a.csv", text)));
        Assert.Equal("TableInvalid", error.Id);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_that_make_no_sense_are_refused()
    {
        Assert.Equal("SampleSetEmpty", IdOf(() => SampleReader.Read(Write("a.csv", string.Empty))));
        Assert.Equal("SampleSetEmpty", IdOf(() => SampleReader.Read(Write("a.csv", "a,b\n"))));
        Assert.Equal("ArrayNotFound", IdOf(() => SampleReader.Read(Write("a.csv", "a,b\n1,2"), labelName: "c")));
        Assert.Equal("ArrayNotFound", IdOf(() => SampleReader.Read(Write("a.csv", "a,b\n1,2"), labelName: "2")));
        Assert.Equal("ArrayNotFound", IdOf(() => SampleReader.Read(Write("a.csv", "a,b\n1,2"), name: "a")));
        Assert.Equal("TableInvalid", IdOf(() => SampleReader.Read(Write("a.csv", "label\n1"))));
        Assert.Equal("TableInvalid", IdOf(() => SampleReader.Read(Write("a.csv", "x,label\n1,"))));
        Assert.Equal("FileNotFound", IdOf(() => SampleReader.Read(PathOf("none.csv"))));
    }
}
