using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class ByteCopyTests
{
    [Fact]
    public void Integers_of_any_storage_become_bytes_by_an_offset() =>
        (from offset in Gen.Int[0, 255]
         from length in Gen.Int[1, 200]
         from first in Gen.Int[0, length - 1]
         from values in Gen.Int[0, 255].Array[length]
         from storage in Gen.Enum<IntegerStorage>()
         select (offset, first, values, storage)).Sample((offset, first, values, storage) =>
         {
             IntegerData source = Cases.Buffer(Array.ConvertAll(values, value => (long)(value - offset)), values.Length, storage);
             byte[] actual = new byte[values.Length - first];
             ByteCopy.Read(source, first, offset, actual);
             Assert.Equal(values[first..], actual.Select(value => (int)value));
         });
}
