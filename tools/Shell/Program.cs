namespace AkidaQuant.Shell;

/// <summary>
/// A small PowerShell for machines that have only the .NET SDK: runs a script with its arguments, a command, or a
/// prompt.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        ShellArguments? arguments = ShellArguments.Parse(args);
        if (arguments is null)
        {
            Console.Error.WriteLine(ShellArguments.Usage);
            return 64;
        }

        using var session = new ShellSession();
        return arguments switch
        {
            { Script: { } script } => session.RunScript(script, arguments.Rest),
            { Command: { } command } => session.RunCommand(command),
            _ => session.RunPrompt(),
        };
    }
}
