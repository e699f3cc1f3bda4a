namespace AkidaQuant.PowerShell;

/// <summary>Takes models of one kind, from the pipeline or as an argument.</summary>
public abstract class ModelCmdlet<TModel> : QuantCmdlet
    where TModel : class
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TModel Model { get; set; } = null!;
}
