using AkidaQuant.Formats;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes a quantization configuration to a JSON or YAML file.</summary>
[Cmdlet(VerbsData.Export, "QuantConfig", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo))]
public sealed class ExportQuantConfigCommand : QuantCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The file to write; its extension says the format.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The file to write, wildcard characters taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>The configuration: of this module, or nested dictionaries.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object Config { get; set; } = null!;

    /// <summary>Replaces a file that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        string file = Target();
        QuantConfig config = ConfigArgument.Read(SessionState, Config)!;
        if (File.Exists(file) && !Force)
        {
            throw new QuantException(
                "FileExists", QuantErrorKind.File, $"The file '{file}' exists already. Give another path, or -Force to replace it.", file);
        }

        if (ShouldProcess(file, "Export quantization configuration"))
        {
            Compute(_ =>
            {
                QuantConfigFile.Write(config, file);
                return file;
            });
            if (PassThru)
            {
                WriteObject(new FileInfo(file));
            }
        }
    }

    private string Target()
    {
        if (ParameterSetName == LiteralPathSet)
        {
            return FilePaths.Literal(SessionState, LiteralPath);
        }

        if (!WildcardPattern.ContainsWildcardCharacters(Path))
        {
            return FilePaths.Literal(SessionState, Path);
        }

        string[] files = [.. FilePaths.Resolve(SessionState, Path)];
        return files.Length == 1 ? files[0] : throw new QuantException(
            "PathAmbiguous", QuantErrorKind.InvalidArgument, $"The path '{Path}' names {files.Length} files. Give one to write to.", Path);
    }
}
