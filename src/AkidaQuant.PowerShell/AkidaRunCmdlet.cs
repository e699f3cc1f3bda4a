namespace AkidaQuant.PowerShell;

/// <summary>Runs Akida models over samples.</summary>
public abstract class AkidaRunCmdlet : RunCmdlet<AkidaModel>
{
    /// <inheritdoc/>
    protected override bool IsStateful => Model.IsStateful;
}
