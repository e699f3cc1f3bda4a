namespace AkidaQuant.Shell.StandIns.Management;

/// <summary>A command on items of a drive, named by -Path, which takes wildcards, or by -LiteralPath.</summary>
public abstract class ProviderCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public virtual string[] Path { get; set; } = [];

    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected bool Literal => ParameterSetName == "LiteralPath";

    private protected string[] Given => Literal ? LiteralPath : Path;

    /// <summary>The paths that exist, wildcards resolved, with an error for each that has none.</summary>
    private protected IEnumerable<string> Resolve()
    {
        var found = new List<string>();
        foreach (string path in Given)
        {
            Attempt(() => found.AddRange(Literal ? LiteralItems(path) : SessionState.Path.GetResolvedPSPathFromPSPath(path).Select(item => item.Path)));
        }

        return found;
    }

    /// <summary>Does one thing and turns what it throws into an error of this command.</summary>
    private protected void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (RuntimeException exception)
        {
            WriteError(exception.ErrorRecord);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            WriteError(new ErrorRecord(exception, exception.GetType().Name, ErrorCategory.WriteError, null));
        }
    }

    private string[] LiteralItems(string path)
    {
        InvokeProvider.Item.Get([path], Force, literalPath: true);
        return [path];
    }
}
