using AkidaQuant.Text;
using CsCheck;

namespace AkidaQuant.Tests.Text;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["bitwidth", "signed", "axis", "scale_bits", "buffer_bitwidth"];

    [Theory]
    [InlineData("bitwith", "bitwidth")]
    [InlineData("BitWidth", "bitwidth")]
    [InlineData("bitwdith", "bitwidth")]
    [InlineData("sigend", "signed")]
    [InlineData("axes", "axis")]
    [InlineData("ScaleBits", "scale_bits")]
    [InlineData("bufer_bitwith", "buffer_bitwidth")]
    [InlineData("filters", null)]
    [InlineData("", null)]
    [InlineData("bufer_bitwidth", "buffer_bitwidth")]
    public void A_mistyped_word_means_the_nearest_name(string word, string? expected) =>
        Assert.Equal(expected, NearestName.Of(word, Names));

    [Fact]
    public void A_last_part_that_both_share_makes_them_no_nearer()
    {
        string[] keys = ["bias_quantizer", "output_quantizer", "buffer_bitwidth"];
        Assert.Null(NearestName.Of("a_quantizer", keys));
        Assert.Null(NearestName.Of("lut_bitwidth", keys));
        Assert.Equal("bias_quantizer", NearestName.Of("bais_quantizer", keys));
    }

    [Fact]
    public void Neighbours_that_changed_places_are_one_edit() =>
        Assert.Equal("abcd", NearestName.Of("abdc", ["xbdx", "abcd", "abxx"]));

    [Fact]
    public void One_edit_anywhere_is_found() =>
        Gen.Select(Gen.Int[0, Names.Length - 1], Gen.Int[0, 14], Gen.Char['a', 'z']).Sample((index, place, letter) =>
        {
            string name = Names[index];
            int position = place % name.Length;
            Assert.Equal(name, NearestName.Of(name.Insert(position, letter.ToString()), Names));
            Assert.Equal(name, NearestName.Of(name.Remove(position, 1), Names));
            Assert.Equal(name, NearestName.Of(name.Remove(position, 1).Insert(position, letter.ToString()), Names));
        });

    [Fact]
    public void Words_too_long_to_compare_are_near_to_nothing()
    {
        string word = new('a', 256);
        Assert.Equal(word, NearestName.Of(word[1..], [word]));
        Assert.Null(NearestName.Of(word, [word + "a"]));
        Assert.Null(NearestName.Of(new string('a', 2_000_000), [new string('a', 1_999_999)]));
    }

    [Fact]
    public void A_question_is_asked_where_a_name_is_near()
    {
        Assert.Equal(" Did you mean 'axis'?", NearestName.Question("axiss", Names));
        Assert.Equal(string.Empty, NearestName.Question("kernel", Names));
    }
}
