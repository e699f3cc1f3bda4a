using System.Collections;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "Type")]
public sealed class AddMemberCommand : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    [Parameter(ParameterSetName = "Member", Mandatory = true, Position = 0)]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    [Parameter(ParameterSetName = "Member", Mandatory = true, Position = 1)]
    public string Name { get; set; } = string.Empty;

    [Parameter(ParameterSetName = "Member", Position = 2)]
    public object? Value { get; set; }

    [Parameter(ParameterSetName = "Member", Position = 3)]
    public object? SecondValue { get; set; }

    [Parameter(ParameterSetName = "Name", Mandatory = true, Position = 0)]
    public string NotePropertyName { get; set; } = string.Empty;

    [Parameter(ParameterSetName = "Name", Mandatory = true, Position = 1)]
    [AllowNull]
    public object? NotePropertyValue { get; set; }

    [Parameter(ParameterSetName = "Table", Mandatory = true, Position = 0)]
    public IDictionary? NotePropertyMembers { get; set; }

    [Parameter(ParameterSetName = "Type", Mandatory = true)]
    [Parameter(ParameterSetName = "Member")]
    [Parameter(ParameterSetName = "Name")]
    [Parameter(ParameterSetName = "Table")]
    public string? TypeName { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        if (TypeName is not null)
        {
            InputObject.TypeNames.Insert(0, TypeName);
        }

        foreach (PSMemberInfo member in Members())
        {
            if (InputObject.Members[member.Name] is not null && !Force)
            {
                WriteError(new ErrorRecord(
                    new InvalidOperationException($"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command."),
                    "MemberAlreadyExists",
                    ErrorCategory.InvalidOperation,
                    InputObject));
                continue;
            }

            InputObject.Members.Remove(member.Name);
            InputObject.Members.Add(member);
        }

        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    private IEnumerable<PSMemberInfo> Members() => ParameterSetName switch
    {
        "Member" => [Member()],
        "Name" => [new PSNoteProperty(NotePropertyName, NotePropertyValue)],
        "Table" => NotePropertyMembers!.Cast<DictionaryEntry>().Select(
            entry => new PSNoteProperty(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value)),
        _ => [],
    };

    private PSMemberInfo Member() => MemberType switch
    {
        PSMemberTypes.NoteProperty => new PSNoteProperty(Name, Value),
        PSMemberTypes.AliasProperty => new PSAliasProperty(Name, LanguagePrimitives.ConvertTo<string>(Value)),
        PSMemberTypes.ScriptProperty => new PSScriptProperty(
            Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value), LanguagePrimitives.ConvertTo<ScriptBlock>(SecondValue)),
        PSMemberTypes.ScriptMethod => new PSScriptMethod(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
        _ => throw new PSArgumentException($"A member of type {MemberType} cannot be added."),
    };
}
