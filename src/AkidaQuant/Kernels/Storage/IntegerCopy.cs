using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Copies integers between storages.</summary>
public static class IntegerCopy
{
    /// <summary>Copies the integers of the first <paramref name="batch"/> samples, which must fit the destination's storage.</summary>
    /// <exception cref="OverflowException">An integer does not fit; the destination is then partly written.</exception>
    public static void Copy(IntegerData source, IntegerData destination, int batch)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        StorageDispatch.Run(default(CheckedCopy), source, destination, batch);
    }

    /// <summary>Reads integers of any storage, which must fit <typeparamref name="T"/>.</summary>
    /// <param name="source">The buffer.</param>
    /// <param name="first">The first element, counted through all samples.</param>
    /// <param name="destination">As many elements as are wanted.</param>
    internal static void Read<T>(IntegerData source, int first, Span<T> destination)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(double))
        {
            DoubleCopy.Read(source, first, MemoryMarshal.Cast<T, double>(destination), InstructionSets.Best);
            return;
        }

        switch (source.Storage)
        {
            case IntegerStorage.Int16:
                Convert<short, T>(source.Values<short>(source.Capacity).Slice(first, destination.Length), destination);
                break;
            case IntegerStorage.Int32:
                Convert<int, T>(source.Values<int>(source.Capacity).Slice(first, destination.Length), destination);
                break;
            default:
                Convert<long, T>(source.Values<long>(source.Capacity).Slice(first, destination.Length), destination);
                break;
        }
    }

    /// <summary>Writes integers, which must fit the storage.</summary>
    /// <param name="source">The integers.</param>
    /// <param name="destination">The buffer.</param>
    /// <param name="first">Where the first goes, counted through all samples.</param>
    internal static void Write<T>(ReadOnlySpan<T> source, IntegerData destination, int first)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(double))
        {
            DoubleCopy.Write(MemoryMarshal.Cast<T, double>(source), destination, first, InstructionSets.Best);
            return;
        }

        switch (destination.Storage)
        {
            case IntegerStorage.Int16:
                Convert(source, destination.Values<short>(destination.Capacity).Slice(first, source.Length));
                break;
            case IntegerStorage.Int32:
                Convert(source, destination.Values<int>(destination.Capacity).Slice(first, source.Length));
                break;
            default:
                Convert(source, destination.Values<long>(destination.Capacity).Slice(first, source.Length));
                break;
        }
    }

    /// <summary>Writes integers.</summary>
    /// <param name="source">The integers.</param>
    /// <param name="destination">The buffer.</param>
    /// <param name="first">Where the first goes, counted through all samples.</param>
    /// <exception cref="OverflowException">An integer does not fit the storage.</exception>
    internal static void WriteChecked<T>(ReadOnlySpan<T> source, IntegerData destination, int first)
        where T : unmanaged, INumber<T>
    {
        ValueRange range = destination.Storage.Range();
        if (!source.IsEmpty)
        {
            (T least, T greatest) = (TensorPrimitives.Min(source), TensorPrimitives.Max(source));
            if (least < T.CreateSaturating(range.Min) || greatest > T.CreateSaturating(range.Max))
            {
                throw new OverflowException($"Integers from {least} to {greatest} do not fit a buffer of {destination.Storage}.");
            }
        }

        Write(source, destination, first);
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo> => TensorPrimitives.ConvertTruncating(source, destination);

    private readonly struct CheckedCopy : IStoragePairOperation
    {
        public void Run<TFrom, TTo>(ReadOnlySpan<TFrom> input, Span<TTo> output)
            where TFrom : unmanaged, IBinaryInteger<TFrom>
            where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo> => TensorPrimitives.ConvertChecked(input, output);
    }
}
