namespace AkidaQuant.PowerShell;

/// <summary>Where the pages of the cmdlets are in the network, for <c>Get-Help -Online</c>.</summary>
internal static class OnlineHelp
{
    /// <summary>The address that the name of a page completes.</summary>
    public const string Pages = "https://github.com/AkidaQuant/AkidaQuant/blob/main/docs/en-US/";
}
