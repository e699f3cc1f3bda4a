using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>
/// Puts <see cref="InnerCompletion"/> in front of the session's TabExpansion2, the only place from which brackets, method arguments and
/// keys of hashtables can be completed. What it does not know goes to the function that was there before, which Remove-Module brings back.
/// </summary>
public static class TabExpansionHook
{
    private const string Find = "$item = Get-Item -LiteralPath function:TabExpansion2 -ErrorAction Ignore";
    private const string Set = "$ExecutionContext.InvokeProvider.Item.Set('function:global:TabExpansion2', ";

    private const string Script = """
        <# AkidaQuant completes names of layers and settings, and leaves all else to the TabExpansion2 that was here before. #>
        [CmdletBinding(DefaultParameterSetName = 'ScriptInputSet')]
        [OutputType([System.Management.Automation.CommandCompletion])]
        param(
            [Parameter(ParameterSetName = 'ScriptInputSet', Mandatory, Position = 0)] [AllowEmptyString()] [string] $inputScript,
            [Parameter(ParameterSetName = 'ScriptInputSet', Position = 1)] [int] $cursorColumn = $inputScript.Length,
            [Parameter(ParameterSetName = 'AstInputSet', Mandatory, Position = 0)] [System.Management.Automation.Language.Ast] $ast,
            [Parameter(ParameterSetName = 'AstInputSet', Mandatory, Position = 1)] [System.Management.Automation.Language.Token[]] $tokens,
            [Parameter(ParameterSetName = 'AstInputSet', Mandatory, Position = 2)]
            [System.Management.Automation.Language.IScriptPosition] $positionOfCursor,
            [Parameter(ParameterSetName = 'ScriptInputSet', Position = 2)]
            [Parameter(ParameterSetName = 'AstInputSet', Position = 3)] [hashtable] $options
        )
        end {
            $own = try {
                if ($PSCmdlet.ParameterSetName -eq 'ScriptInputSet') {
                    [AkidaQuant.PowerShell.Completers.InnerCompletion]::Complete($inputScript, $cursorColumn)
                }
                else {
                    [AkidaQuant.PowerShell.Completers.InnerCompletion]::Complete($ast, $positionOfCursor.Offset)
                }
            }
            catch { $null }
            if ($own) { $own } else { & ([AkidaQuant.PowerShell.Completers.TabExpansionHook]::Previous) @PSBoundParameters }
        }
        """;

    private static readonly ConditionalWeakTable<Runspace, ScriptBlock> Before = [];

    /// <summary>What this session's TabExpansion2 was.</summary>
    public static ScriptBlock? Previous =>
        Runspace.DefaultRunspace is { } session && Before.TryGetValue(session, out ScriptBlock? previous) ? previous : null;

    /// <summary>Takes the place of the session's TabExpansion2, where it has one.</summary>
    public static void Install() => Run(
        $"param($script) {Find}; if ($item -and $item.Definition -ne $script) {{ $item.ScriptBlock; {Set}[scriptblock]::Create($script)) }}",
        found => Before.AddOrUpdate(Runspace.DefaultRunspace, found));

    /// <summary>Gives the place back, unless another took it since.</summary>
    public static void Remove()
    {
        if (Previous is { } previous)
        {
            Run($"param($script, $before) {Find}; if ($item.Definition -eq $script) {{ {Set}$before) }}", _ => { }, previous);
        }
    }

    private static void Run(string script, Action<ScriptBlock> take, params object[] more)
    {
        if (Runspace.DefaultRunspace is null)
        {
            return;
        }

        try
        {
            foreach (PSObject result in ScriptBlock.Create(script).Invoke([Script, .. more]))
            {
                if (result?.BaseObject is ScriptBlock found)
                {
                    take(found);
                }
            }
        }
        catch (RuntimeException)
        {
            // A session that lets nobody set functions completes less.
        }
    }
}
