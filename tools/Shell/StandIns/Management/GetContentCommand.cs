using System.Text;

namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : ProviderCommand
{
    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [Alias("First", "Head")]
    public int TotalCount { get; set; } = int.MaxValue;

    [Parameter]
    [Alias("Last")]
    public int Tail { get; set; } = -1;

    [Parameter]
    [EncodingName]
    public Encoding Encoding { get; set; } = new UTF8Encoding(false);

    protected override void ProcessRecord()
    {
        foreach (string path in Resolve())
        {
            Attempt(() => Read(GetUnresolvedProviderPathFromPSPath(path)));
        }
    }

    private void Read(string file)
    {
        if (AsByteStream)
        {
            byte[] bytes = File.ReadAllBytes(file);
            WriteObject(Raw ? bytes : bytes.Take(TotalCount), enumerateCollection: !Raw);
        }
        else if (Raw)
        {
            WriteObject(File.ReadAllText(file, Encoding));
        }
        else
        {
            IEnumerable<string> lines = File.ReadLines(file, Encoding);
            WriteObject(Tail >= 0 ? lines.TakeLast(Tail) : lines.Take(TotalCount), enumerateCollection: true);
        }
    }
}
