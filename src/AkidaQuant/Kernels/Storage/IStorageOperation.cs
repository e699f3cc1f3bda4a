using System.Numerics;

namespace AkidaQuant.Kernels.Storage;

/// <summary>What a kernel does to integers without leaving their storage; a struct, so that each storage gets code of its own.</summary>
internal interface IStorageOperation
{
    /// <summary>Computes a batch.</summary>
    void Run<T>(ReadOnlySpan<T> input, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}
