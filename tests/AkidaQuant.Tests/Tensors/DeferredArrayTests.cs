namespace AkidaQuant.Tests.Tensors;

public sealed class DeferredArrayTests
{
    [Fact]
    public void Elements_are_written_when_they_are_read_and_once_while_they_are_held()
    {
        int written = 0;
        DeferredArray<int> array = new(2, () =>
        {
            written++;
            return [3, 4];
        });
        Assert.Equal((2, 0), (array.Length, written));
        int[] values = array.Values;
        Assert.Equal([3, 4], values);
        GC.Collect();
        Assert.Same(values, array.Values);
        Assert.Equal(1, written);
        GC.KeepAlive(values);
    }
}
