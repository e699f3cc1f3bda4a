using System.Runtime.ExceptionServices;

namespace AkidaQuant.Execution;

/// <summary>
/// Two computations that do not need each other, at once where there are threads for both. What they give never depends on that.
/// </summary>
internal static class SideBySide
{
    /// <summary>Runs both, one after the other with a single thread.</summary>
    /// <param name="threads">The most threads.</param>
    /// <param name="first">One computation; takes the most threads that it may use.</param>
    /// <param name="second">The other; not wanted where the first one fails.</param>
    /// <returns>What both give.</returns>
    public static (T First, T Second) Run<T>(int threads, Func<int, T> first, Func<int, T> second)
    {
        if (threads == 1)
        {
            return (first(1), second(1));
        }

        int own = threads / 2;
        var other = Task.Run(() => second(own));
        ExceptionDispatchInfo? error = null;
        T? result = default;
        try
        {
            result = first(threads - own);
        }
        catch (Exception exception)
        {
            // The other one is waited for in any case: nothing goes on behind the caller's back.
            error = ExceptionDispatchInfo.Capture(exception);
        }

        Task.WhenAny(other).Wait(CancellationToken.None);
        error?.Throw();
        return (result!, other.GetAwaiter().GetResult());
    }
}
