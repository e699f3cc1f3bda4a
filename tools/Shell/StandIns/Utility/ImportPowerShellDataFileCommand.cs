using System.Management.Automation.Language;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsData.Import, "PowerShellDataFile")]
public sealed class ImportPowerShellDataFileCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    [Alias("LiteralPath", "PSPath")]
    public string[] Path { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            Ast file = Parser.ParseFile(GetUnresolvedProviderPathFromPSPath(path), out _, out ParseError[] errors);
            if (errors.Length > 0)
            {
                throw new ParseException(errors);
            }

            Ast data = file.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)
                ?? throw new PSArgumentException($"The file '{path}' holds no table.");
            WriteObject(data.SafeGetValue());
        }
    }
}
