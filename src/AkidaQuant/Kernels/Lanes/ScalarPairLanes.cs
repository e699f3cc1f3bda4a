namespace AkidaQuant.Kernels.Lanes;

/// <summary>One pair of 16-bit integers at a time, held in an int: both products are added to the 32-bit addend.</summary>
internal readonly struct ScalarPairLanes : ILanes<int, int>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static unsafe int Load(int* source) => *source;

    /// <inheritdoc/>
    public static unsafe void Store(int value, int* destination) => *destination = value;

    /// <inheritdoc/>
    public static int Broadcast(int value) => value;

    /// <inheritdoc/>
    public static int MultiplyAdd(int left, int right, int addend) =>
        unchecked(((short)left * (short)right) + ((left >> 16) * (right >> 16)) + addend);
}
