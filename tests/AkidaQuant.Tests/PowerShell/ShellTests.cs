using System.Diagnostics;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>The shell is PowerShell as installed: it takes the same arguments, finds the same modules and ends the same way.</summary>
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
    public void Prompt_takes_what_is_typed()
    {
        ShellResult run = ShellProcess.Run("6 * 7\nexit 4\n", []);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("42\n", run.Output, StringComparison.Ordinal);
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

    [Fact]
    public void Modules_of_an_installed_PowerShell_are_there()
    {
        ShellResult run = ShellProcess.Run("-Command", "(Get-Module -ListAvailable | Where-Object ModuleBase -Like $PSHOME*).Name");
        Assert.Superset(
            new HashSet<string>
            {
                "Microsoft.PowerShell.Host",
                "Microsoft.PowerShell.Management",
                "Microsoft.PowerShell.PSResourceGet",
                "Microsoft.PowerShell.Security",
                "Microsoft.PowerShell.ThreadJob",
                "Microsoft.PowerShell.Utility",
                "PSReadLine",
            },
            run.Output.Split('\n').ToHashSet());
    }

    [Fact]
    public void Job_starts_a_shell_of_the_same_kind() =>
        Assert.Equal("True\n", ShellProcess.Run("-Command", "(Start-Job { $PSHOME } | Receive-Job -Wait) -eq $PSHOME").Output);

    [Fact]
    public void Scripts_run_on_Windows_whatever_its_default_is()
    {
        // Get-ExecutionPolicy shows it on Windows only, though the file is read everywhere.
        const string Text =
            """
            $configuration = [psobject].Assembly.GetType('System.Management.Automation.Configuration.PowerShellConfig')
            $scope = [psobject].Assembly.GetType('System.Management.Automation.Configuration.ConfigScope')::AllUsers
            $instance = $configuration.GetField('Instance', 'Static, NonPublic').GetValue($null)
            $method = $configuration.GetMethod('GetExecutionPolicy', [System.Reflection.BindingFlags] 'Instance, NonPublic')
            $method.Invoke($instance, @($scope, 'Microsoft.PowerShell'))
            """;
        ShellResult run = Script(Text);
        Assert.True(run.Output == "Bypass\n", run.Output + run.Error);
    }

    [Fact(SkipUnless = nameof(HasSignals), Skip = "Windows has no signals.")]
    public async Task Interrupt_stops_a_busy_script()
    {
        string path = Write("'ready'\ntry { while ($true) { } } finally { [Console]::Out.WriteLine('stopped') }");
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
        Assert.Equal("stopped\n", await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
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
