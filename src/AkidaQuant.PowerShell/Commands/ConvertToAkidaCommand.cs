using AkidaQuant.Akida.Conversion;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Converts quantized models to Akida models.</summary>
[Cmdlet(VerbsData.ConvertTo, "Akida", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "ConvertTo-Akida.md")]
[OutputType(typeof(AkidaModel))]
public sealed class ConvertToAkidaCommand : AkidaVersionCmdlet
{
    /// <summary>Scale and shift of the input, which only models quantized by older tools need.</summary>
    [Parameter]
    [Takes(typeof(double[]), Kinds.Numbers)]
    [ValidateCount(2, 2)]
    public double[]? InputScaling { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaModel converted = Compute(channel =>
            AkidaConverter.Convert(Network, Generation, channel.Warning, channel.Verbose));
        if (InputScaling is not null)
        {
            WriteWarning(Printable.Of(
                $"The model '{Network.Name}' has its input scaling in its own layers, so InputScaling is ignored."));
        }

        WriteObject(converted);
    }
}
