using System.Diagnostics;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>The shell's arguments, streams and exit codes.</summary>
public sealed class ShellTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shell").FullName;

    /// <summary>Signals exist elsewhere than on Windows.</summary>
    public static bool HasSignals => !OperatingSystem.IsWindows();

    [Theory]
    [InlineData("'done'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("function f { exit 6 }; f", 6)]
    [InlineData("throw 'no'", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Nothing", 1)]
    [InlineData("Write-Error 'a warning sign'; 'done'", 0)]
    [InlineData("if ($true {", 1)]
    public void Script_gives_the_exit_code(string text, int code) => Assert.Equal(code, Script(text).ExitCode);

    [Theory]
    [InlineData("'done'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("Write-Error 'no'", 1)]
    [InlineData("Get-Nothing; 'done'", 0)]
    [InlineData("throw 'no'", 1)]
    public void Command_gives_the_exit_code(string text, int code) =>
        Assert.Equal(code, ShellProcess.Run("-Command", text).ExitCode);

    [Fact]
    public void Script_binds_its_arguments()
    {
        const string Text =
            """
            param([Parameter(Mandatory)] [int] $Count, [switch] $Fast, [switch] $Slow, [double] $Scale, [string] $Last)
            "$($Count + 1) $Fast $Slow $Scale $Last $($PSScriptRoot.Length -gt 0)"
            """;
        ShellResult run = Script(Text, "-Count", "4", "-Fast", "-Slow:$false", "-Scale", "-0.5", "it's");
        Assert.Equal("5 True False -0.5 it's True\n", run.Output);
    }

    [Fact]
    public void Streams_go_where_they_belong()
    {
        ShellResult run = Script(
            """
            'output'
            Write-Host 'host' -ForegroundColor Red
            Write-Warning 'careful'
            Write-Verbose 'detail' -Verbose
            Write-Progress -Activity 'work' -PercentComplete 50
            Write-Error 'wrong'
            """);
        Assert.Equal("output\nhost\nWARNING: careful\nVERBOSE: detail\n", run.Output);
        Assert.Contains("wrong", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("work", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Exit_does_not_lose_a_table() =>
        Assert.Contains("1 x", Script("[pscustomobject] @{ a = 1; b = 'x' }; exit 2").Output, StringComparison.Ordinal);

    [Fact]
    public void Prompt_takes_statements_of_several_lines_and_has_the_module()
    {
        ShellResult run = ShellProcess.Run("1..2 | ForEach-Object {\n    $_ * 3\n}\n(Get-Module).Name\nGet-Nothing\nexit 4\n", []);
        Assert.Equal(4, run.ExitCode);
        Assert.Equal("3\n6\nAkidaQuant\n", run.Output);
        Assert.Contains("Get-Nothing", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-script.ps1")]
    [InlineData("-Nonsense")]
    public void Wrong_arguments_are_an_error(string argument)
    {
        ShellResult run = ShellProcess.Run(argument);
        Assert.Equal(64, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Fact(SkipUnless = nameof(HasSignals), Skip = "Windows has no signals.")]
    public async Task Interrupt_stops_a_busy_script()
    {
        string path = Write("'ready'\nwhile ($true) { }");
        NativeMethods.DefaultInterrupt();
        using Process shell = ShellProcess.Start(path);
        Assert.Equal("ready", await shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        using var kill = Process.Start("kill", ["-INT", shell.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        bool ended = shell.WaitForExit(TimeSpan.FromSeconds(10));
        if (!ended)
        {
            shell.Kill();
        }

        Assert.True(ended, "The script went on for 10 seconds.");
        Assert.Equal(130, shell.ExitCode);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ShellResult Script(string text, params string[] arguments) => ShellProcess.Run([Write(text), .. arguments]);

    private string Write(string text)
    {
        string path = Path.Combine(folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
