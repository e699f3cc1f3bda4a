using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class AlignedArrayTests
{
    [Fact]
    public void Elements_start_on_a_cache_line_and_are_zero() => Gen.Int[0, 300].Sample(length =>
    {
        Check<short>(length);
        Check<float>(length);
        Check<double>(length);
    });

    private static unsafe void Check<T>(int length)
        where T : unmanaged
    {
        AlignedArray<T> array = new(length);
        Assert.Equal(length, array.Length);
        Assert.Equal(new T[length], array.Span.ToArray());
        if (length > 0)
        {
            Assert.Equal(0u, (nuint)Unsafe.AsPointer(ref array.Span[0]) % 64);
        }
    }
}
