using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace AkidaQuant.Tests.House;

/// <summary>
/// Collects the message of every error of the product that is thrown in this process, caught or not: those of the core, which
/// is loaded more than once, and those of PowerShell about arguments of the module's cmdlets.
/// </summary>
internal static class MessageWatch
{
    /// <summary>The environment variable with the folder that processes leave their messages in.</summary>
    public const string FolderVariable = "AKIDAQUANT_TEST_MESSAGES";

    private const string CoreError = "AkidaQuant.QuantException";
    private const string ArgumentErrors = "System.Management.Automation.ParameterBinding";
    private static readonly ConcurrentDictionary<string, byte> Seen = new(StringComparer.Ordinal);

    private static readonly string? Report =
        Environment.GetEnvironmentVariable(FolderVariable) is { } folder ? Path.Combine(folder, $"{Guid.NewGuid()}.txt") : null;

    [ThreadStatic]
    private static bool _isBusy;

    /// <summary>The messages so far, each once.</summary>
    public static ICollection<string> Messages => Seen.Keys;

    /// <summary>Begins to collect, as soon as the tests are loaded: by their runner, or into a shell that they start.</summary>
    [ModuleInitializer]
    internal static void Start() => AppDomain.CurrentDomain.FirstChanceException += Collect;

    private static void Collect(object? sender, FirstChanceExceptionEventArgs arguments)
    {
        // What is looked at may itself throw.
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        try
        {
            if (IsOurs(arguments.Exception) && Seen.TryAdd(arguments.Exception.Message, 0) && Report is not null)
            {
                // At once: the process of a job is ended without notice.
                lock (Seen)
                {
                    File.AppendAllLines(Report, [JsonSerializer.Serialize(arguments.Exception.Message)]);
                }
            }
        }
        finally
        {
            _isBusy = false;
        }
    }

    private static bool IsOurs(Exception error)
    {
        string type = error.GetType().FullName!;
        if (!type.StartsWith(ArgumentErrors, StringComparison.Ordinal))
        {
            return type == CoreError;
        }

        // Completion binds what is typed so far, finds an argument missing and keeps that to itself.
        if (Property(error, "ErrorId") is "MissingArgument"
            && new StackTrace().GetFrames().Any(frame => frame.GetMethod()?.DeclaringType?.Name == "PseudoParameterBinder"))
        {
            return false;
        }

        // Nothing of PowerShell is referred to here.
        object? invocation = Property(error, "CommandInvocation");
        return Property(Property(invocation, "MyCommand"), "ModuleName") is "AkidaQuant";
    }

    private static object? Property(object? value, string name) => value?.GetType().GetProperty(name)?.GetValue(value);
}
