using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace AkidaQuant.Shell;

/// <summary>The few things that PowerShell's own console does through members that are not public.</summary>
internal static class EngineInternals
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>
    /// Makes the exit statement of the next script file tell the host its code. Otherwise it is as in a script that
    /// another one calls: it only ends that script, and its code cannot be told from that of a native program.
    /// </summary>
    public static void LetExitEndTheSession(Runspace runspace)
    {
        object context = Property(runspace.GetType(), "ExecutionContext").GetValue(runspace)!;
        Property(context.GetType(), "ScriptCommandProcessorShouldRethrowExit").SetValue(context, true);
    }

    /// <summary>Makes a formatting command of the engine's part that shapes objects, "Table" or "List".</summary>
    public static void Format(FrontEndCommandBase command, string shape) =>
        Implement(command, New("InnerFormatShapeCommand", Enum.Parse(FormattingType("FormatShape"), shape)));

    /// <summary>Makes an output command of the engine's part that writes text, <paramref name="width"/> columns wide.</summary>
    public static void Output(FrontEndCommandBase command, TextWriter writer, int width)
    {
        object part = New("OutCommandInner");
        Property(part.GetType(), "LineOutput").SetValue(part, New("TextWriterLineOutput", writer, width));
        Implement(command, part);
    }

    // The commands of the Utility module are only these parts of the engine with a name.
    private static void Implement(FrontEndCommandBase command, object part) =>
        (typeof(FrontEndCommandBase).GetField("implementation", Hidden)
            ?? throw new MissingFieldException(nameof(FrontEndCommandBase), "implementation")).SetValue(command, part);

    private static object New(string type, params object[] arguments) =>
        Activator.CreateInstance(FormattingType(type), Hidden, binder: null, arguments, culture: null)!;

    private static Type FormattingType(string name) => typeof(FrontEndCommandBase).Assembly.GetType(
        $"{typeof(FrontEndCommandBase).Namespace}.{name}", throwOnError: true)!;

    private static PropertyInfo Property(Type type, string name) =>
        type.GetProperty(name, Hidden) ?? throw new MissingMemberException(type.FullName, name);
}
