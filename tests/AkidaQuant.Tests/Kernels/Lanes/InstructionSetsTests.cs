using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Tests.Kernels.Lanes;

public sealed class InstructionSetsTests
{
    [Theory]
    [InlineData("plain", 0)]
    [InlineData("128", 1)]
    [InlineData("256", 2)]
    [InlineData("vnni", 3)]
    [InlineData("512", 4)]
    [InlineData("PLAIN", 0)]
    [InlineData("Vnni", 3)]
    public void A_value_is_its_set_or_an_error_where_the_processor_lacks_it(string value, int set)
    {
        if (InstructionSets.Supported.Contains((InstructionSet)set))
        {
            Assert.Equal((InstructionSet)set, InstructionSets.Choose(value));
        }
        else
        {
            CheckRefused(value, "processor does not have");
        }
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("avx2")]
    [InlineData("Vector256")]
    [InlineData("2")]
    [InlineData(" 256")]
    [InlineData(" ")]
    public void Any_other_value_is_an_error(string value) => CheckRefused(value, "names no set");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_value_is_the_fastest(string? value) => Assert.Equal(InstructionSets.Supported[^1], InstructionSets.Choose(value));

    [Fact]
    public void Every_set_has_a_name_of_its_own() =>
        Assert.Equal(["plain", "128", "256", "vnni", "512"], Enum.GetValues<InstructionSet>().Select(InstructionSets.NameOf));

    [Fact]
    public void The_plain_form_runs_anywhere_and_the_sets_ascend()
    {
        Assert.Equal(InstructionSet.Plain, InstructionSets.Supported[0]);
        Assert.Equal(InstructionSets.Supported.Order(), InstructionSets.Supported);
    }

    [Fact]
    public void Kernels_take_what_the_variable_says() =>
        Assert.Equal(InstructionSets.Choose(Environment.GetEnvironmentVariable("AKIDAQUANT_INSTRUCTIONS")), InstructionSets.Best);

    private static void CheckRefused(string value, string problem)
    {
        QuantException error = Assert.Throws<QuantException>(() => InstructionSets.Choose(value));
        Assert.Equal(("InstructionSetUnavailable", QuantErrorKind.InvalidArgument), (error.Id, error.Kind));
        Assert.Contains("AKIDAQUANT_INSTRUCTIONS", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        string names = string.Join(", ", InstructionSets.Supported.Select(InstructionSets.NameOf));
        Assert.Contains($"({names})", error.Message, StringComparison.Ordinal);
    }
}
