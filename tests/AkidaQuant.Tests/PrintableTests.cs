namespace AkidaQuant.Tests;

/// <summary>What names from files look like where people read them.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("\u001b[31mred", @"\u001b[31mred")]
    [InlineData("a\r\nb\tc", @"a\u000d\u000ab\u0009c")]
    [InlineData("\0\u007f\u0080\u009b", @"\u0000\u007f\u0080\u009b")]
    [InlineData("\u2028\u2029", @"\u2028\u2029")]
    [InlineData("\u061c\u200e\u200f", @"\u061c\u200e\u200f")]
    [InlineData("\u202a\u202b\u202c\u202d\u202e", @"\u202a\u202b\u202c\u202d\u202e")]
    [InlineData("\u2066\u2067\u2068\u2069", @"\u2066\u2067\u2068\u2069")]
    public void What_a_terminal_obeys_is_written_out(string name, string shown)
    {
        Assert.Equal(shown, Printable.Of(name));
        Assert.False(Printable.IsPlain(name));
        Assert.Equal(shown, Printable.Of(shown));
    }

    [Theory]
    [InlineData("")]
    [InlineData("conv_1/kernel:0")]
    [InlineData(@"C:\users\name")]
    [InlineData("größe 漢字 עברית 🙂")]
    [InlineData("a\u00a0b\u2027\u202f\u2065\u206a")]
    public void Every_other_name_is_shown_as_it_is(string name)
    {
        Assert.Same(name, Printable.Of(name));
        Assert.True(Printable.IsPlain(name));
        Assert.All(name, letter => Assert.True(Printable.IsPlain(letter)));
    }

    [Fact]
    public void An_error_keeps_its_name_and_shows_it_escaped()
    {
        const string name = "a\r\n\u202eb\t";
        QuantException error = new("LayerNotFound", QuantErrorKind.NotFound, $"There is no layer '{name}':", name, items: ["one\n", "two"]);
        Assert.Equal("There is no layer 'a\\u000d\\u000a\\u202eb\\u0009':\n - one\\u000a\n - two", error.Message);
        Assert.Equal(name, error.Target);
    }
}
