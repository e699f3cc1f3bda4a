using AkidaQuant.Text;

namespace AkidaQuant.Tests.Text;

public sealed class PythonJsonTests
{
    [Theory]
    [InlineData(1.0 / 255, "0.00392156862745098")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1.25e-7, "1.25e-07")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(123456789012345680.0, "1.2345678901234568e+17")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(100.0, "100.0")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(0.30000001192092896, "0.30000001192092896")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Numbers_are_those_of_Python(double value, string expected)
    {
        Assert.Equal(expected, PythonNumber.ToText(value));
        Assert.Equal(value, PythonJsonReader.Parse(expected));
    }

    [Fact]
    public void A_single_is_widened_first() => Assert.Equal("0.30000001192092896", PythonJson.ToLine(0.3f));

    [Fact]
    public void One_line_and_indented_forms()
    {
        OrderedDictionary<string, object?> value = new()
        {
            ["Custom>A"] = new List<object?> { 1, 1.0, null, true },
            ["ä\U0001F600\u007f"] = "\"\\\n\t/",
            ["empty"] = new OrderedDictionary<string, object?>(),
            ["none"] = Array.Empty<int>(),
        };
        Assert.Equal(
            "{\"Custom>A\": [1, 1.0, null, true], \"\\u00e4\\ud83d\\ude00\\u007f\": \"\\\"\\\\\\n\\t/\", \"empty\": {}, \"none\": []}",
            PythonJson.ToLine(value));
        Assert.Equal(
            "{\n    \"Custom>A\": [\n        1,\n        1.0,\n        null,\n        true\n    ],\n    \"\\u00e4\\ud83d\\ude00\\u007f\": \"\\\"\\\\\\n\\t/\",\n    \"empty\": {},\n    \"none\": []\n}",
            PythonJson.ToIndented(value));
    }

    [Fact]
    public void Words_that_JSON_lacks_are_numbers_and_inside_texts_stay_text()
    {
        var read =
            (OrderedDictionary<string, object?>)
                PythonJsonReader.Parse("{\"NaN\": NaN, \"a\": [-Infinity, Infinity, -1], \"b\": \"\\\"NaN\", \"c\": 1e3}")!;
        Assert.Equal(double.NaN, read["NaN"]);
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity, -1L], (List<object?>)read["a"]!);
        Assert.Equal("\"NaN", read["b"]);
        Assert.Equal(1000.0, read["c"]);
    }
}
