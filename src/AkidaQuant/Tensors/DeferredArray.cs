namespace AkidaQuant.Tensors;

/// <summary>
/// Elements that follow from others which take less memory: written when they are read, and held no longer than their reader holds them.
/// </summary>
/// <param name="length">The number of elements.</param>
/// <param name="write">Writes them, the same each time.</param>
internal sealed class DeferredArray<T>(int length, Func<T[]> write)
{
    private readonly WeakReference<T[]?> _written = new(null);

    /// <summary>The number of elements.</summary>
    public int Length => length;

    /// <summary>The elements.</summary>
    public T[] Values
    {
        get
        {
            // Who reads them one by one gets the same array each time; threads that come at once may write it twice.
            if (!_written.TryGetTarget(out T[]? values))
            {
                values = write();
                _written.SetTarget(values);
            }

            return values;
        }
    }
}
