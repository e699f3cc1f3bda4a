using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Storage;

/// <summary>An array that starts on a cache line, so that no vector load of packed weights straddles two.</summary>
/// <remarks>
/// A vector of 512 bits is a whole line of 64 bytes, and narrower ones divide it: loads that follow one another from the
/// start of a line never cross into the next. The array is pinned, since moving it could end that.
/// </remarks>
internal sealed class AlignedArray<T>
    where T : unmanaged
{
    private const int CacheLine = 64;
    private readonly T[] _values;
    private readonly int _start;

    /// <summary>An array of zeros.</summary>
    public unsafe AlignedArray(int length)
    {
        Length = length;
        _values = GC.AllocateArray<T>(length + (CacheLine / sizeof(T)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref _values[0]);
        _start = (int)((CacheLine - (address % CacheLine)) % CacheLine) / sizeof(T);
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements.</summary>
    public Span<T> Span => _values.AsSpan(_start, Length);
}
