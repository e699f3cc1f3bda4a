namespace AkidaQuant.PowerShell;

/// <summary>Turns the errors of the core into error records.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error that a user can act on.</summary>
    public static ErrorRecord Of(QuantException error)
    {
        ErrorRecord record = new(error, error.Id, Category(error.Kind), error.Target);
        record.CategoryInfo.TargetName = Printable.Of(record.CategoryInfo.TargetName);
        return record;
    }

    /// <summary>The record of any other error: a defect, or a machine out of memory.</summary>
    public static ErrorRecord Unexpected(Exception error) =>
        error is OutOfMemoryException
            ? new ErrorRecord(error, "OutOfMemory", ErrorCategory.ResourceUnavailable, null)
            {
                ErrorDetails = new ErrorDetails("There is not enough memory. Use a smaller batch size, or fewer samples."),
            }
            : new ErrorRecord(error, "UnexpectedFailure", ErrorCategory.NotSpecified, null)
            {
                ErrorDetails = new ErrorDetails(Bounded(
                    $"Something failed that should not: {error.Message} Please report it with $Error[0].Exception.ToString().")),
            };

    /// <summary>A text as those of all errors are: of bounded length, and without what a console obeys.</summary>
    private static string Bounded(string text) => new QuantException("UnexpectedFailure", QuantErrorKind.InvalidData, text).Message;

    private static ErrorCategory Category(QuantErrorKind kind) =>
        kind switch
        {
            QuantErrorKind.InvalidData => ErrorCategory.InvalidData,
            QuantErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
            QuantErrorKind.NotFound => ErrorCategory.ObjectNotFound,
            QuantErrorKind.NotSupported => ErrorCategory.NotImplemented,
            _ => ErrorCategory.OpenError,
        };
}
