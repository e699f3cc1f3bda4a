namespace AkidaQuant.PowerShell;

/// <summary>Takes models, from the pipeline or as an argument.</summary>
public abstract class ModelCmdlet : QuantCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Model Model { get; set; } = null!;
}
