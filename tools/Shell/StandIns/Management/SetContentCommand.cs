using System.Text;

namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsCommon.Set, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class SetContentCommand : PSCmdlet
{
    private readonly List<object> values = [];

    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object[]? Value { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [EncodingName]
    public Encoding Encoding { get; set; } = new UTF8Encoding(false);

    protected override void ProcessRecord() => values.AddRange(Value ?? []);

    protected override void EndProcessing()
    {
        foreach (string path in Path.Concat(LiteralPath))
        {
            string file = GetUnresolvedProviderPathFromPSPath(path);
            if (ShouldProcess(file))
            {
                Write(file);
            }
        }
    }

    private void Write(string file)
    {
        try
        {
            if (AsByteStream)
            {
                File.WriteAllBytes(file, [.. values.Select(LanguagePrimitives.ConvertTo<byte>)]);
                return;
            }

            string end = NoNewline ? string.Empty : Environment.NewLine;
            File.WriteAllText(file, string.Concat(values.Select(value => LanguagePrimitives.ConvertTo<string>(value) + end)), Encoding);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError(new ErrorRecord(exception, "GetContentWriterIOError", ErrorCategory.WriteError, file));
        }
    }
}
