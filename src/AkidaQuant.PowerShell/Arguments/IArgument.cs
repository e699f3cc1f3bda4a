namespace AkidaQuant.PowerShell.Arguments;

/// <summary>What a parameter was given, whatever it is: the cmdlet reads it, so that its errors are the module's own.</summary>
/// <typeparam name="TSelf">The type of the parameter.</typeparam>
public interface IArgument<TSelf>
    where TSelf : class, IArgument<TSelf>
{
    /// <summary>Holds a value, which may be null or of a wrong kind.</summary>
    static abstract TSelf From(object? value);
}
