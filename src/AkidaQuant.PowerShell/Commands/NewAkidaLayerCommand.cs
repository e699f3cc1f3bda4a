using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a layer of an Akida model, with the parameters of its class.</summary>
[Cmdlet(VerbsCommon.New, "AkidaLayer", HelpUri = OnlineHelp.Pages + "New-AkidaLayer.md")]
[OutputType(typeof(AkidaLayer))]
public sealed class NewAkidaLayerCommand : QuantCmdlet, IDynamicParameters
{
    /// <summary>The class of the layer.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(AkidaLayerClassCompleter))]
    [ValidateNotNullOrEmpty]
    public string Class { get; set; } = string.Empty;

    /// <summary>The name; the model gives one where it is left out.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Name)]
    public string Name { get; set; } = string.Empty;

    /// <summary>The layers that feed it; the one before it unless given.</summary>
    [Parameter]
    [Takes(typeof(string[]), Kinds.Layers)]
    public string[] Inbound { get; set; } = [];

    /// <summary>The variables by name: arrays, numbers, or lists of numbers.</summary>
    [Parameter]
    public object? Variable { get; set; }

    /// <summary>What no parameter of the class takes; it is refused with the nearest one.</summary>
    [Parameter(ValueFromRemainingArguments = true, DontShow = true)]
    public object?[] Rest { get; set; } = [];

    /// <inheritdoc/>
    public object? GetDynamicParameters() => AkidaLayerParameters.Define(Class);

    /// <inheritdoc/>
    protected override void Process()
    {
        Dictionary<string, object?> parameters = AkidaLayerParameters.Collect(Class, MyInvocation.BoundParameters);
        foreach (object? word in Rest)
        {
            string text = Convert.ToString(word, CultureInfo.InvariantCulture) ?? string.Empty;
            parameters[text.TrimStart('-').TrimEnd(':')] = null;
        }

        WriteObject(AkidaLayerClasses.Create(Class, Name, parameters, Inbound, VariableValues.From(Variable)));
    }
}
