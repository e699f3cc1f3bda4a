using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>What an output pixel sees of an image with each tap, and the weights that belong to it.</summary>
internal readonly unsafe struct ChannelWindow<T>
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <summary>The channels that the first tap sees.</summary>
    public T* Source { get; init; }

    /// <summary>From a tap to the one in the next row, in elements of the image.</summary>
    public nint Row { get; init; }

    /// <summary>From a tap to the one in the next column.</summary>
    public nint Column { get; init; }

    /// <summary>The weights of the first tap; those of the next column follow.</summary>
    public T* Weights { get; init; }

    /// <summary>From the weights of a tap to those of the one in the next row.</summary>
    public nint WeightRow { get; init; }

    /// <summary>What is added to finished sums.</summary>
    public T* Bias { get; init; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; init; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; init; }

    /// <summary>The number of channels.</summary>
    public int Channels { get; init; }

    /// <summary>Adds the bias to finished sums: starting from it would cost digits where sums cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector AddBias<TVector, TLanes>(TVector sums, int channel)
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector> => TLanes.MultiplyAdd(TLanes.Broadcast(T.One), TLanes.Load(Bias + channel), sums);
}
