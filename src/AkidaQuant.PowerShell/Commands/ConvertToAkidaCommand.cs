using AkidaQuant.Akida.Conversion;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Converts quantized models to Akida models.</summary>
[Cmdlet(VerbsData.ConvertTo, "Akida")]
[OutputType(typeof(AkidaModel))]
public sealed class ConvertToAkidaCommand : ModelCmdlet
{
    /// <summary>The generation of processors to convert for.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("1.0", "2.0", "1", "2")]
    public string Version { get; set; } = "2.0";

    /// <summary>Scale and shift of the input, which only models quantized by older tools need.</summary>
    [Parameter]
    [ValidateCount(2, 2)]
    public double[]? InputScaling { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (InputScaling is not null)
        {
            WriteWarning($"The model '{Model.Name}' has its input scaling in its own layers, so InputScaling is ignored.");
        }

        bool isFirst = Version[0] == '1';
        WriteObject(Compute(channel => AkidaConverter.Convert(
            Model, isFirst ? AkidaVersion.V1 : AkidaVersion.V2, channel.Warning, channel.Verbose)));
    }
}
