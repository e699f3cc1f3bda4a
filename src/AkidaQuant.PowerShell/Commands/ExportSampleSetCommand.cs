using AkidaQuant.Formats;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes samples, with their labels, names and classes, to an archive of numpy.</summary>
[Cmdlet(VerbsData.Export, "SampleSet", SupportsShouldProcess = true, DefaultParameterSetName = PathSet,
    HelpUri = OnlineHelp.Pages + "Export-SampleSet.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportSampleSetCommand : ExportCmdlet
{
    private const string Activity = "Export samples";

    /// <summary>The samples, or the path of their file.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath Sample { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        SampleSet samples = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample)!;
        Export(Activity, (file, channel) => SampleWriter.Write(
            samples, file, channel.Batches(Activity, samples.Count, SampleWriter.BatchSize(samples)), channel.Cancellation));
    }
}
