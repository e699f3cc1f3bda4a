namespace AkidaQuant.PowerShell;

/// <summary>Runs models over samples.</summary>
public abstract class ModelRunCmdlet : RunCmdlet<Model>
{
    /// <inheritdoc/>
    protected override bool IsStateful => Model.IsStateful;
}
