using AkidaQuant.Text;

namespace AkidaQuant.Tests.Text;

/// <summary>Lists in messages are whole or short.</summary>
public sealed class ListingTests
{
    private static readonly string[] Many = [.. Enumerable.Range(0, 200).Select(i => $"layer_{i}")];

    [Fact]
    public void Short_lists_are_whole()
    {
        Assert.Equal("a, b", Listing.Of(["a", "b"]));
        Assert.Equal("1.5, 2", Listing.Of([1.5, 2]));
        Assert.Equal(string.Empty, Listing.Of(Array.Empty<string>()));
    }

    [Fact]
    public void Of_long_lists_the_first_few_are_there_and_the_count() =>
        Assert.Equal("layer_0, layer_1, layer_2, layer_3, layer_4 and 195 more", Listing.Of(Many));

    [Fact]
    public void The_nearest_come_first_and_are_not_repeated() =>
        Assert.Equal(
            "conv_97, conv_7, conv_9, conv_17, conv_27 and 95 more",
            Listing.Of(Enumerable.Range(0, 100).Select(i => $"conv_{i}"), "conv_97"));

    [Fact]
    public void Without_a_near_one_the_first_stand_for_all() =>
        Assert.StartsWith("layer_0, layer_1, ", Listing.Of(Many, "something else"), StringComparison.Ordinal);
}
