using AkidaQuant.Akida.Conversion;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Converts quantized models to Akida models.</summary>
[Cmdlet(VerbsData.ConvertTo, "Akida", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "ConvertTo-Akida.md")]
[OutputType(typeof(AkidaModel))]
public sealed class ConvertToAkidaCommand : ModelFirstCmdlet
{
    /// <summary>The generation of processors to convert for.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet("1.0", "2.0", "1", "2")]
    public string Version
    {
        get;
        set => field = Once(nameof(Version), value);
    }
    = "2.0";

    /// <summary>Scale and shift of the input, which only models quantized by older tools need.</summary>
    [Parameter]
    [Takes(typeof(double[]), Kinds.Numbers)]
    [ValidateCount(2, 2)]
    public double[]? InputScaling { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        bool isFirst = Version[0] == '1';
        AkidaModel converted = Compute(channel =>
            AkidaConverter.Convert(Network, isFirst ? AkidaVersion.V1 : AkidaVersion.V2, channel.Warning, channel.Verbose));
        if (InputScaling is not null)
        {
            WriteWarning($"The model '{Network.Name}' has its input scaling in its own layers, so InputScaling is ignored.");
        }

        WriteObject(converted);
    }
}
