using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Copies between integers of any storage and doubles that hold them exactly.</summary>
/// <remarks>
/// A vector at a time: lane i holds element i of a run, widened to 64 bits or narrowed from them (see
/// <see cref="IDoubleLanes{TVector}"/>). The elements that do not fill a vector at the end are converted one by one, and so
/// is everything in the plain form.
/// </remarks>
internal static class DoubleCopy
{
    /// <summary>Reads integers; those of 64 bits are rounded where a double does not hold them.</summary>
    public static void Read(IntegerData source, int first, Span<double> destination, InstructionSet set)
    {
        switch (source.Storage)
        {
            case IntegerStorage.Int16:
                Copy<short, double>(source.Values<short>(source.Capacity).Slice(first, destination.Length), destination, set);
                break;
            case IntegerStorage.Int32:
                Copy<int, double>(source.Values<int>(source.Capacity).Slice(first, destination.Length), destination, set);
                break;
            // No instruction before AVX-512 makes doubles of 64-bit integers; the library has the sequence that does.
            default:
                ReadOnlySpan<long> wide = source.Values<long>(source.Capacity).Slice(first, destination.Length);
                TensorPrimitives.ConvertTruncating(wide, destination);
                break;
        }
    }

    /// <summary>Writes whole numbers, which must fit the storage.</summary>
    public static void Write(ReadOnlySpan<double> source, IntegerData destination, int first, InstructionSet set)
    {
        switch (destination.Storage)
        {
            case IntegerStorage.Int16:
                Copy(source, destination.Values<short>(destination.Capacity).Slice(first, source.Length), set);
                break;
            case IntegerStorage.Int32:
                Copy(source, destination.Values<int>(destination.Capacity).Slice(first, source.Length), set);
                break;
            default:
                Copy(source, destination.Values<long>(destination.Capacity).Slice(first, source.Length), set);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination, InstructionSet set)
        where TFrom : unmanaged, System.Numerics.INumber<TFrom>
        where TTo : unmanaged, System.Numerics.INumber<TTo>
    {
        int done = set switch
        {
            InstructionSet.Vector512 => CopyVectors<TFrom, TTo, Vector512<double>, DoubleLanes512>(source, destination),
            InstructionSet.Vector256 or InstructionSet.Vector256Vnni =>
                CopyVectors<TFrom, TTo, Vector256<double>, DoubleLanes256>(source, destination),
            InstructionSet.Vector128 => CopyVectors<TFrom, TTo, Vector128<double>, DoubleLanes128>(source, destination),
            _ => 0,
        };
        for (; done < source.Length; done++)
        {
            destination[done] = TTo.CreateTruncating(source[done]);
        }
    }

    /// <summary>Copies as many whole vectors as there are; returns the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int CopyVectors<TFrom, TTo, TVector, TLanes>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TLanes : struct, IDoubleLanes<TVector>
    {
        int count = source.Length / TLanes.Count * TLanes.Count;
        fixed (TFrom* from = source)
        fixed (TTo* to = destination[..source.Length])
        {
            for (nint i = 0; i < count; i += TLanes.Count)
            {
                TLanes.Store(TLanes.Load(from + i), to + i);
            }
        }

        return count;
    }
}
