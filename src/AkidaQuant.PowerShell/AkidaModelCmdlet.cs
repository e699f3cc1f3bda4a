namespace AkidaQuant.PowerShell;

/// <summary>Takes Akida models, from the pipeline or as an argument.</summary>
public abstract class AkidaModelCmdlet : QuantCmdlet
{
    /// <summary>The Akida model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public AkidaModel Model { get; set; } = null!;
}
