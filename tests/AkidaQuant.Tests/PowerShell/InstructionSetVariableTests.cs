using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Tests.Kernels;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>AKIDAQUANT_INSTRUCTIONS in a process of its own, where the module reads it.</summary>
public sealed class InstructionSetVariableTests
{
    private const string Predict =
        """
        Import-Module ./AkidaQuant.psd1
        $digits = 'tests/vectors/keras/digits_ds_cnn'
        $model = Import-QuantModel "$digits/quantized.h5"
        $samples = Import-SampleSet "$digits/inputs.npz" -First 5
        """;

    private const string Best =
        """
        $core = [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'AkidaQuant' })[0]
        [string] $core.GetType('AkidaQuant.Kernels.Lanes.InstructionSets').GetProperty('Best').GetValue($null)
        """;

    private static readonly Lazy<(string Outputs, string Best)> Unforced = new(() => Lines(string.Empty));

    [Theory]
    [EachInstructionSet]
    public void Every_set_that_there_is_can_be_forced_and_gives_the_same_outputs(string instructions)
    {
        (string outputs, string best) = Lines(instructions);
        Assert.Equal(InstructionSets.Choose(instructions).ToString(), best);
        Assert.Equal(50, outputs.Split(' ').Length);
        Assert.Equal((outputs, InstructionSets.Supported[^1].ToString()), Unforced.Value);
    }

    [Fact]
    public void A_wrong_set_is_an_error_of_every_cmdlet_that_runs_a_model()
    {
        ShellResult run = Run(
            "foo",
            $$"""
            {{Predict}}
            foreach ($attempt in 1..2) {
                try { $model | Invoke-QuantModel -Sample $samples -ErrorAction Stop }
                catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $_" }
            }
            """);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line =>
        {
            Assert.StartsWith("InstructionSetUnavailable,", line, StringComparison.Ordinal);
            Assert.Contains(" InvalidArgument The environment variable AKIDAQUANT_INSTRUCTIONS is 'foo'", line, StringComparison.Ordinal);
        });
    }

    /// <summary>The outputs of a few predictions, and the set that they were computed with.</summary>
    private static (string Outputs, string Best) Lines(string instructions)
    {
        ShellResult run = Run(instructions, $"{Predict}\n($model | Invoke-QuantModel -Sample $samples).Output -join ' '\n{Best}");
        Assert.True(run.ExitCode == 0, run.Error);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        return (lines[0], lines[1]);
    }

    private static ShellResult Run(string instructions, string script) =>
        ShellProcess.Run("-Command", $"$env:AKIDAQUANT_INSTRUCTIONS = '{instructions}'\n{script}");
}
