namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "Message")]
public sealed class WriteErrorCommand : PSCmdlet
{
    [Parameter(ParameterSetName = "Exception", Mandatory = true)]
    public Exception? Exception { get; set; }

    [Parameter(Position = 0, ParameterSetName = "Message", Mandatory = true, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = "Exception")]
    [Alias("Msg")]
    [AllowEmptyString]
    public string? Message { get; set; }

    [Parameter(Position = 0, ParameterSetName = "ErrorRecord", Mandatory = true)]
    public ErrorRecord? ErrorRecord { get; set; }

    [Parameter(ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;

    [Parameter(ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    public string? ErrorId { get; set; }

    [Parameter(ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    public object? TargetObject { get; set; }

    protected override void ProcessRecord()
    {
        ErrorRecord record = ErrorRecord is null ? NewRecord() : new ErrorRecord(ErrorRecord, null);

        // A function's error is its own, not that of this command.
        if (GetVariableValue("MyInvocation") is InvocationInfo { MyCommand: not null } caller)
        {
            record.CategoryInfo.Activity = caller.MyCommand.Name;
        }

        WriteError(record);
    }

    private ErrorRecord NewRecord()
    {
        string id = ErrorId ?? Exception?.GetType().FullName ?? "Microsoft.PowerShell.Commands.WriteErrorException";
        var record = new ErrorRecord(Exception ?? new InvalidOperationException(Message), id, Category, TargetObject);
        if (Exception is not null && Message is not null)
        {
            record.ErrorDetails = new ErrorDetails(Message);
        }

        return record;
    }
}
