namespace AkidaQuant.Shell;

/// <summary>What a script can tell the shell.</summary>
public sealed class ShellStatus
{
    /// <summary>Whether the last statement of a command succeeded.</summary>
    public bool Succeeded { get; set; }
}
