using System.Collections.Specialized;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes down a layer of a network, with the arguments of its class as parameters.</summary>
[Cmdlet(VerbsCommon.New, "QuantLayer", HelpUri = OnlineHelp.Pages + "New-QuantLayer.md")]
[OutputType(typeof(LayerDefinition))]
public sealed class NewQuantLayerCommand : QuantCmdlet, IDynamicParameters
{
    /// <summary>The class of the layer.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(LayerClassCompleter))]
    [ValidateNotNullOrEmpty]
    public string Class { get; set; } = string.Empty;

    /// <summary>What no argument of the class takes; it is refused with the nearest one.</summary>
    [Parameter(ValueFromRemainingArguments = true, DontShow = true)]
    public object?[] Rest { get; set; } = [];

    /// <inheritdoc/>
    public object? GetDynamicParameters() => LayerParameters.Define(Class);

    /// <inheritdoc/>
    protected override void Process()
    {
        string className = LayerParameters.ClassName(Class);
        OrderedDictionary arguments = LayerParameters.Collect(className, MyInvocation.BoundParameters);
        AddRest(arguments);
        LayerEntryCheck.Require(className, arguments);
        WriteObject(new LayerDefinition(className, arguments));
    }

    // With the words that the engine could not bind, the core says what is wrong with them.
    private void AddRest(OrderedDictionary arguments)
    {
        for (int i = 0; i < Rest.Length; i++)
        {
            string word = Convert.ToString(Rest[i], System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty;
            if (!word.StartsWith('-'))
            {
                throw new QuantException(
                    "LayerArgumentUnnamed",
                    QuantErrorKind.InvalidArgument,
                    $"Layer '{Class}': '{word}' has no name. Give each argument by its name, such as -name; only those that a layer cannot do without need none.",
                    Class);
            }

            arguments[word.TrimStart('-').TrimEnd(':')] = i + 1 < Rest.Length ? Rest[++i] : null;
        }
    }
}
