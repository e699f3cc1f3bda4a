namespace AkidaQuant.PowerShell;

/// <summary>Writes a file given by path, with wildcards or literally; replaces one only when told to.</summary>
public abstract class ExportCmdlet : QuantCmdlet
{
    /// <summary>The parameter set of a path with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of a path taken as it is.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>The file to write; its extension says the format.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The file to write, wildcard characters taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Replaces a file that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Writes the file after asking, and gives it when told to.</summary>
    /// <param name="action">What is done, for the question.</param>
    /// <param name="write">Writes to the path that it is given.</param>
    /// <exception cref="QuantException"><c>FileExists</c>, <c>PathAmbiguous</c>, or what writing reports.</exception>
    protected void Export(string action, Action<string> write)
    {
        string file = Target();
        if (File.Exists(file) && !Force)
        {
            throw new QuantException(
                "FileExists", QuantErrorKind.File, $"The file '{file}' exists already. Give another path, or -Force to replace it.", file);
        }

        if (ShouldProcess(file, action))
        {
            Compute(_ =>
            {
                write(file);
                return file;
            });
            if (PassThru)
            {
                WriteObject(
                    InvokeProvider.Item.Get([$"Microsoft.PowerShell.Core\\FileSystem::{file}"], force: true, literalPath: true),
                    enumerateCollection: true);
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
