namespace AkidaQuant.PowerShell;

/// <summary>
/// Passes progress on at once, on the thread that reports it. Generic, because a class that names a value type of the
/// core cannot be loaded before the module's load context is in place, and the engine loads all classes first.
/// </summary>
internal sealed class Report<T>(Action<T> report) : IProgress<T>
{
    void IProgress<T>.Report(T value) => report(value);
}
