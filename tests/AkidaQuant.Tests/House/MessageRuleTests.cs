using AkidaQuant.Tests.PowerShell;

namespace AkidaQuant.Tests.House;

/// <summary>The rule for messages finds types and nothing else.</summary>
public sealed class MessageRuleTests
{
    [Theory]
    [InlineData("Cannot convert value \"a\" to type \"System.Int32\".")]
    [InlineData("It is a Hashtable.")]
    [InlineData("a value of type \"AkidaQuant.Model\"")]
    [InlineData("It is a List`1.")]
    [InlineData("It holds an Object[].")]
    [InlineData("A configuration is a QuantConfig.")]
    [InlineData("It failed (IOException).")]
    [InlineData("It is an Int32, not a number.")]
    public void Types_are_found(string message) => Assert.NotNull(MessageRule.Offence(message));

    [Theory]
    [InlineData("The input is int32, and uint8 is wanted. Use Get-QuantConfig.")]
    [InlineData("Layer 'conv' (QuantizedConv2D): its kernel is for 3 channels, but its input [8, 8, 1] has 1.")]
    [InlineData("The file './artifacts/bin/AkidaQuant.Tests/release/a.h5' does not exist.")]
    [InlineData("New-SampleSet makes samples, Import-SampleSet reads some.")]
    public void Words_are_not(string message) => Assert.Null(MessageRule.Offence(message));

    [Fact]
    public void Length_is_bounded()
    {
        Assert.Null(MessageRule.Offence(new string('a', MessageRule.MostCharacters)));
        Assert.NotNull(MessageRule.Offence(new string('a', MessageRule.MostCharacters + 1)));
    }

    [Fact]
    public void A_message_is_cut_in_its_middle()
    {
        string name = new('n', 3000);
        QuantException error = new("LayerNotFound", QuantErrorKind.NotFound, $"The layer '{name}' is not there. Check it.");
        string message = error.Message;
        Assert.Equal(MessageRule.MostCharacters, message.Length, tolerance: 1);
        Assert.StartsWith("The layer 'nnn", message, StringComparison.Ordinal);
        Assert.EndsWith("nnn' is not there. Check it.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_seen_in_a_shell_and_in_those_that_it_starts()
    {
        string before = $"before{Guid.NewGuid():N}";
        string after = $"after{Guid.NewGuid():N}";
        ShellResult run = ShellProcess.Run(
            "-Command",
            $$"""
            Import-Module ./AkidaQuant.psd1
            Import-QuantModel {{before}}.h5 -ErrorAction Ignore
            try { Get-QuantSummary -{{before}} } catch { }
            $null = Start-Job -WorkingDirectory $PWD {
                Import-Module ./AkidaQuant.psd1
                try { Get-QuantSummary -{{after}} } catch { }
            } | Wait-Job
            """);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        string seen = string.Join('\n', MessageFixture.OfShells());
        Assert.Contains($"{before}.h5", seen, StringComparison.Ordinal);
        Assert.Contains($"parameter name '{before}'", seen, StringComparison.Ordinal);
        Assert.Contains($"parameter name '{after}'", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_seen_where_they_are_thrown()
    {
        string message = $"Seen {Guid.NewGuid()}.";
        Assert.Throws<QuantException>(() => Throw(message));
        Assert.Contains(message, MessageWatch.Messages);

        static void Throw(string message) => throw new QuantException("Seen", QuantErrorKind.InvalidData, message);
    }
}
