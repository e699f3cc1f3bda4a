using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Start;

namespace AkidaQuant.PowerShell;

/// <summary>
/// The private context in which the core and its dependencies live, so that they never meet the versions that other
/// modules bring. PowerShell calls it when the module is imported and when it is removed.
/// </summary>
public sealed class ModuleLoadContext : AssemblyLoadContext, IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly Assembly Root = typeof(ModuleLoadContext).Assembly;
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Root.Location)!, "lib");

    // The folder of what the build compiled ahead; that of another platform would not load.
    private static readonly string Platform =
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static readonly HashSet<string> RootReferences =
        new(Root.GetReferencedAssemblies().Select(name => name.Name!), StringComparer.OrdinalIgnoreCase);

    private static readonly Lock Gate = new();
    private static ModuleLoadContext? libraries;
    private static int imports;

    /// <summary>Called by PowerShell, which needs a public constructor without arguments.</summary>
    public ModuleLoadContext()
        : base("AkidaQuant")
    {
    }

    /// <inheritdoc/>
    public void OnImport()
    {
        lock (Gate)
        {
            // A session imports once, but a process may hold several sessions.
            if (imports++ == 0)
            {
                libraries ??= this;
                Default.Resolving += Resolve;
                MeetCore();
            }
        }

        TabExpansionHook.Install();
        ShownProperties.Add();

        StartWarmUp();
    }

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        TabExpansionHook.Remove();
        lock (Gate)
        {
            if (--imports == 0)
            {
                TypeAccelerators.Remove();
                Default.Resolving -= Resolve;
            }
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string file = assemblyName.Name + ".dll";
        string precompiled = Path.Combine(Folder, Platform, file);
        string portable = Path.Combine(Folder, file);
        return File.Exists(precompiled) ? LoadFromAssemblyPath(precompiled)
            : File.Exists(portable) ? LoadFromAssemblyPath(portable)
            : null;
    }

    // Only what the root assembly itself refers to: another module's missing dependency is not ours to supply.
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        RootReferences.Contains(name.Name!) && File.Exists(Path.Combine(Folder, name.Name + ".dll"))
            ? libraries!.LoadFromAssemblyName(name)
            : null;

    // Not inlined: a core type here would be looked for before the hook is set.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StartWarmUp() => WarmUp.Start();

    // Not inlined for the same reason.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MeetCore()
    {
        TypeAccelerators.Add(typeof(Model).Assembly);
        SettingDictionary.Unwrap = value => ConfigArgument.PlainSettings(value);
    }
}
