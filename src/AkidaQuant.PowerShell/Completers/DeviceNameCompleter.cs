using System.Collections;
using System.Management.Automation.Language;
using AkidaQuant.Akida.Devices;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the names of devices.</summary>
public sealed class DeviceNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionValues.Complete(AkidaDevices.All.Select(device => device.Name), wordToComplete);
}
