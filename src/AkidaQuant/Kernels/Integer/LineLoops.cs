using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Integer;

/// <summary>The loops of <see cref="ChannelLines"/>, over rows or over elements side by side.</summary>
/// <remarks>
/// The last vector of a run may overlap the one before it. It is read before anything is written, so that a buffer may be its own
/// output. In whole vectors each is read before it is written, and by no other.
/// </remarks>
internal static class LineLoops
{
    /// <summary>The rows for which parameters are loaded once.</summary>
    public const int RowsAtOnce = 4;

    /// <summary>
    /// Computes rows of whole vectors, <see cref="RowsAtOnce"/> at a time: the loads of five parameters for each vector would take longer
    /// than what is computed with them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void RunRows<TFrom, TTo, TParameter, TVector, TForm>(
        TFrom* from, nint stride, TTo* to, nint outputStride, nint rows, nint count, TParameter* parameters, nint pitch)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TParameter : unmanaged
        where TForm : struct, ILineForm<TParameter, TVector>
    {
        for (nint row = 0; row < rows; row += RowsAtOnce)
        {
            for (nint i = 0; i < count; i += TForm.Count)
            {
                TVector first = TForm.Parameter(parameters + i);
                TVector second = TForm.Parameter(parameters + i + pitch);
                TVector third = TForm.Parameter(parameters + i + (2 * pitch));
                TVector fourth = TForm.Parameter(parameters + i + (3 * pitch));
                TVector fifth = TForm.Parameter(parameters + i + (4 * pitch));
                TFrom* value = from + i;
                TTo* result = to + i;
                TForm.Store(TForm.Compute(value, first, second, third, fourth, fifth), result);
                TForm.Store(TForm.Compute(value + stride, first, second, third, fourth, fifth), result + outputStride);
                value += 2 * stride;
                result += 2 * outputStride;
                TForm.Store(TForm.Compute(value, first, second, third, fourth, fifth), result);
                TForm.Store(TForm.Compute(value + stride, first, second, third, fourth, fifth), result + outputStride);
            }

            from += RowsAtOnce * stride;
            to += RowsAtOnce * outputStride;
        }
    }

    /// <summary>Computes elements side by side, whose parameters begin anew after each <paramref name="period"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void RunElements<TFrom, TTo, TParameter, TVector, TForm>(
        TFrom* from, TTo* to, int count, TParameter* parameters, nint period, nint pitch)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TParameter : unmanaged
        where TForm : struct, ILineForm<TParameter, TVector>
    {
        nint last = count - TForm.Count;
        if (count == 0)
        {
            return;
        }

        if (last < 0)
        {
            RunFew<TFrom, TTo, TParameter, TVector, TForm>(from, to, count, parameters, pitch);
            return;
        }

        TVector end = Compute<TFrom, TParameter, TVector, TForm>(
            from + last, parameters + (last < period ? last : last % period), pitch);
        nint offset = 0;
        for (nint i = 0; i < last; i += TForm.Count)
        {
            TForm.Store(Compute<TFrom, TParameter, TVector, TForm>(from + i, parameters + offset, pitch), to + i);
            offset += TForm.Count;
            offset = offset == period ? 0 : offset;
        }

        TForm.Store(end, to + last);
    }

    /// <summary>Computes fewer elements than a vector has lanes, in copies that are long enough.</summary>
    private static unsafe void RunFew<TFrom, TTo, TParameter, TVector, TForm>(
        TFrom* from, TTo* to, int count, TParameter* parameters, nint pitch)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TParameter : unmanaged
        where TForm : struct, ILineForm<TParameter, TVector>
    {
        TFrom* values = stackalloc TFrom[TForm.Count];
        TTo* results = stackalloc TTo[TForm.Count];
        new ReadOnlySpan<TFrom>(from, count).CopyTo(new Span<TFrom>(values, TForm.Count));
        TForm.Store(Compute<TFrom, TParameter, TVector, TForm>(values, parameters, pitch), results);
        new ReadOnlySpan<TTo>(results, count).CopyTo(new Span<TTo>(to, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TVector Compute<T, TParameter, TVector, TForm>(T* source, TParameter* parameters, nint pitch)
        where T : unmanaged
        where TParameter : unmanaged
        where TForm : struct, ILineForm<TParameter, TVector> => TForm.Compute(
            source,
            TForm.Parameter(parameters),
            TForm.Parameter(parameters + pitch),
            TForm.Parameter(parameters + (2 * pitch)),
            TForm.Parameter(parameters + (3 * pitch)),
            TForm.Parameter(parameters + (4 * pitch)));
}
