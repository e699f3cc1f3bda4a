using System.Management.Automation.Runspaces;
using System.Reflection;

namespace AkidaQuant.Shell;

/// <summary>
/// Puts the stand-ins for the commands of PowerShell's Utility and Management modules, which do not come from NuGet,
/// into a session. A module that is really there wins.
/// </summary>
internal static class StandInCommands
{
    private const string Namespace = "AkidaQuant.Shell.StandIns.";

    /// <summary>Adds the stand-ins of each module that cannot be imported.</summary>
    public static void AddMissing(InitialSessionState state)
    {
        Add(state, "Utility");
        Add(state, "Management");
    }

    private static void Add(InitialSessionState state, string module)
    {
        if (CanImport("Microsoft.PowerShell." + module))
        {
            return;
        }

        foreach (Type type in typeof(StandInCommands).Assembly.GetTypes().Where(type => type.Namespace == Namespace + module))
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is not { } cmdlet)
            {
                continue;
            }

            string name = $"{cmdlet.VerbName}-{cmdlet.NounName}";
            state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        }
    }

    // PowerShell's module may be on the path and still belong to an engine with another home, so it is tried.
    private static bool CanImport(string module)
    {
        string paths = Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty;
        string own = Path.Combine(Path.GetDirectoryName(typeof(PSObject).Assembly.Location)!, "Modules");
        if (!paths.Split(Path.PathSeparator).Append(own).Any(path => Directory.Exists(Path.Combine(path, module))))
        {
            return false;
        }

        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var engine = System.Management.Automation.PowerShell.Create(runspace);
        engine.AddCommand("Import-Module").AddParameter("Name", module).Invoke();
        return !engine.HadErrors;
    }
}
