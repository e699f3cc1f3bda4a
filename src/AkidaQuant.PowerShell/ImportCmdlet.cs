using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Reads files given by path, with wildcards or literally, one object a file.</summary>
public abstract class ImportCmdlet : QuantCmdlet
{
    /// <summary>The parameter set of paths with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of paths taken as they are.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>The files, with wildcards.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ParameterSetName = PathSet,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true
    )]
    [FilePath(several: true)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The files, wildcard characters taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [FilePath(several: true)]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its full path.</param>
    /// <param name="channel">Takes what there is to say, and says when to stop.</param>
    /// <exception cref="QuantException">What is wrong with the file.</exception>
    /// <exception cref="OperationCanceledException">The pipeline was stopped.</exception>
    protected abstract object Read(string file, WorkChannel channel);

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        ForEachFile(isLiteral ? LiteralPath : Path, isLiteral, file => WriteObject(Compute(channel => Read(file, channel))));
    }
}
