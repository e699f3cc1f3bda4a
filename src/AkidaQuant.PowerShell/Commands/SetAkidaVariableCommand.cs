using AkidaQuant.Akida;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a model of an Akida model with another value of a variable of a layer.</summary>
[Cmdlet(VerbsCommon.Set, "AkidaVariable", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Set-AkidaVariable.md")]
[OutputType(typeof(AkidaModel))]
public sealed class SetAkidaVariableCommand : AkidaModelFirstCmdlet
{
    /// <summary>The layer.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    public string Layer
    {
        get;
        set => field = Once(nameof(Layer), value);
    }
    = null!;

    /// <summary>The name of the variable.</summary>
    /// <remarks>The engine offers it the value too, which this refuses, and a transformation would for good.</remarks>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PipelineSet)]
    [ArgumentCompleter(typeof(AkidaVariableCompleter))]
    public string Name
    {
        get;
        set => field = Once(nameof(Name), value);
    }
    = null!;

    /// <summary>Its value: an array, a number, or a list of numbers.</summary>
    [Parameter(Mandatory = true, Position = 3, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = PipelineSet)]
    public object Value
    {
        get;
        set => field = Once(nameof(Value), value);
    }
    = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        object value = VariableValues.Of(Name, Value);
        WriteObject(Compute(_ => value switch
        {
            NdArray<sbyte> array => AkidaModelEdit.SetVariable(Network, Layer, Name, array),
            NdArray<byte> array => AkidaModelEdit.SetVariable(Network, Layer, Name, array),
            NdArray<short> array => AkidaModelEdit.SetVariable(Network, Layer, Name, array),
            NdArray<ushort> array => AkidaModelEdit.SetVariable(Network, Layer, Name, array),
            NdArray<int> array => AkidaModelEdit.SetVariable(Network, Layer, Name, array),
            NdArray<float> array => AkidaModelEdit.SetVariable(Network, Layer, Name, array),
            NdArray<double> numbers => AkidaModelEdit.SetNumbers(Network, Layer, Name, numbers),
            _ => throw VariableValues.Foreign(Name, value),
        }));
    }
}
