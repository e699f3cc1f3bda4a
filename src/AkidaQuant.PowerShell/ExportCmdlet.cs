using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Writes a file given by path, with wildcards or literally; replaces one only when told to.</summary>
public abstract class ExportCmdlet : QuantCmdlet
{
    /// <summary>The parameter set of a path with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of a path taken as it is.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    private readonly HashSet<string> _taken =
        new(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

    private readonly List<Action> _replacements = [];

    /// <summary>The file to write; its extension says the format. A script block gives it for each object.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipelineByPropertyName = true)]
    [FilePath(several: false)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The file to write, wildcard characters taken as they are. A script block gives it for each object.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("LP")]
    [FilePath(several: false)]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Replaces a file that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>
    /// Writes the file after asking, and gives it when told to. One that replaces another is written when all objects are
    /// there, so that nothing is lost where several have the same path.
    /// </summary>
    /// <param name="action">What is done, for the question.</param>
    /// <param name="write">Writes to the path that it is given.</param>
    /// <param name="beside">The second file that is written along with one of that path; null for none.</param>
    /// <exception cref="QuantException"><c>FileExists</c>, <c>PathAmbiguous</c>, or what writing reports.</exception>
    protected void Export(string action, Action<string, WorkChannel> write, Func<string, string?>? beside = null)
    {
        string file = System.IO.Path.GetFullPath(Target());
        string[] files = beside?.Invoke(file) is { } second ? [file, second] : [file];
        if (Array.Find(files, each => !_taken.Add(each)) is { } taken)
        {
            ThrowTerminatingError(ErrorRecords.Of(new QuantException(
                "PathRepeated",
                QuantErrorKind.InvalidArgument,
                $"The file '{taken}'{(taken == file ? string.Empty : $", which is written with '{file}',")} is that of an earlier object of the pipeline. Give each a name of its own: -Path takes a script block that makes a path of each.",
                taken)));
        }

        string? existing = Force ? null : Array.Find(files, File.Exists);
        string question = existing is null ? action : $"{action} (needs -Force: '{existing}' exists)";
        if (!ShouldProcess(Printable.Of(string.Join(", ", files)), Printable.Of(question)))
        {
            return;
        }

        if (existing is not null)
        {
            throw new QuantException(
                "FileExists",
                QuantErrorKind.File,
                $"The file '{existing}' exists already. Give another path, or -Force to replace it.",
                existing);
        }

        if (Array.Exists(files, File.Exists))
        {
            _replacements.Add(() => Write(file, write));
        }
        else
        {
            Write(file, write);
        }
    }

    /// <inheritdoc/>
    protected sealed override void End()
    {
        foreach (Action replacement in _replacements)
        {
            Try(replacement);
        }
    }

    private void Write(string file, Action<string, WorkChannel> write)
    {
        Compute(channel =>
        {
            write(file, channel);
            return file;
        });
        if (PassThru)
        {
            WriteObject(
                InvokeProvider.Item.Get([$"Microsoft.PowerShell.Core\\FileSystem::{file}"], force: true, literalPath: true),
                enumerateCollection: true);
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
        return files.Length == 1 ? files[0] : throw FilePaths.Ambiguous(Path, files.Length, "Give one to write to.");
    }
}
