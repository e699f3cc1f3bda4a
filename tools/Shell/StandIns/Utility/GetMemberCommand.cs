namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommon.Get, "Member")]
public sealed class GetMemberCommand : PSCmdlet
{
    private readonly HashSet<string> shown = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; } = PSMemberTypes.All;

    protected override void ProcessRecord()
    {
        // Objects of one type are described once.
        if (InputObject is null || !shown.Add(InputObject.TypeNames[0]))
        {
            return;
        }

        var members = InputObject.Members
            .Where(member => (member.MemberType & MemberType) != 0 && Name.Any(pattern => Fits(pattern, member.Name)))
            .OrderBy(member => member.MemberType.ToString(), StringComparer.Ordinal)
            .ThenBy(member => member.Name, StringComparer.OrdinalIgnoreCase);
        foreach (PSMemberInfo member in members)
        {
            var definition = new PSObject();
            definition.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.MemberDefinition");
            definition.Properties.Add(new PSNoteProperty("TypeName", InputObject.TypeNames[0]));
            definition.Properties.Add(new PSNoteProperty("Name", member.Name));
            definition.Properties.Add(new PSNoteProperty("MemberType", member.MemberType));
            definition.Properties.Add(new PSNoteProperty("Definition", member.ToString()));
            WriteObject(definition);
        }
    }

    // Accessors of properties and operators are left out, as the standard command does without -Force.
    private static bool Fits(string pattern, string name) =>
        !name.StartsWith("get_", StringComparison.Ordinal)
        && !name.StartsWith("set_", StringComparison.Ordinal)
        && new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(name);
}
