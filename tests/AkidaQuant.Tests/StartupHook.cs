using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AkidaQuant.Tests.House;

/// <summary>
/// What the runtime calls first in a shell that the tests start: it loads this assembly, and so <see cref="MessageWatch"/>.
/// </summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for this name.")]
internal static class StartupHook
{
    /// <summary>Begins to collect messages.</summary>
    public static void Initialize() => RuntimeHelpers.RunModuleConstructor(typeof(MessageWatch).Module.ModuleHandle);
}
