using System.Management.Automation.Runspaces;
using Automation = System.Management.Automation.PowerShell;

namespace AkidaQuant.Shell;

internal static class Program
{
    public static int Main(string[] args)
    {
        using Runspace r = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        r.Open();
        using var ps = Automation.Create(r);
        ps.AddScript(args[0]);
        foreach (PSObject o in ps.Invoke())
        {
            Console.WriteLine(o);
        }
        foreach (ErrorRecord e in ps.Streams.Error)
        {
            Console.Error.WriteLine(e);
        }
        return ps.HadErrors ? 1 : 0;
    }
}
