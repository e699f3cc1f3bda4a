using System.Collections;
using System.Reflection;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string TypeName { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    [Alias("Args")]
    public object[] ArgumentList { get; set; } = [];

    [Parameter]
    public IDictionary? Property { get; set; }

    protected override void BeginProcessing()
    {
        if (!LanguagePrimitives.TryConvertTo(TypeName, out Type type))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException($"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded."),
                "TypeNotFound",
                ErrorCategory.InvalidType,
                TypeName));
        }

        PSObject result = type == typeof(PSObject) ? new PSObject() : Create(type);
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (type == typeof(PSObject))
            {
                result.Properties.Add(new PSNoteProperty(name, entry.Value));
            }
            else
            {
                result.Properties[name].Value = entry.Value;
            }
        }

        WriteObject(result);
    }

    // The engine's own constructor call, so that arguments convert as they do in [Type]::new().
    private PSObject Create(Type type)
    {
        ScriptBlock call = ScriptBlock.Create("param([type] $Type, [object[]] $Values) , $Type::new.Invoke($Values)");
        try
        {
            return PSObject.AsPSObject(call.Invoke(type, ArgumentList)[0]);
        }
        catch (RuntimeException exception)
        {
            Exception cause = exception.InnerException is TargetInvocationException { InnerException: { } inner }
                ? inner
                : exception.InnerException ?? exception;
            ThrowTerminatingError(new ErrorRecord(
                new MethodInvocationException(cause.Message, cause),
                "ConstructorInvokedThrowException,Microsoft.PowerShell.Commands.NewObjectCommand",
                ErrorCategory.InvalidOperation,
                null));
            throw;
        }
    }
}
