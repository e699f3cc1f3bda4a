using System.Numerics;

namespace AkidaQuant.Kernels.Storage;

/// <summary>
/// What a kernel does to integers of one storage to make integers of another; a struct, so that each pair gets code of
/// its own.
/// </summary>
internal interface IStoragePairOperation
{
    /// <summary>Computes a batch; the buffers may be the same one.</summary>
    void Run<TFrom, TTo>(ReadOnlySpan<TFrom> input, Span<TTo> output)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo>;
}
