using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class FloatPartTests
{
    [Fact]
    public void Functions_follow_in_order_and_leave_the_input_alone()
    {
        PreparedLayer prepared = PreparedLayer.OfFloats(
            new Shape(2),
            () => FloatPart.Of(new Shape(2), (values, _) => Each(values, value => value + 1)),
            () => (values, _) => Each(values, value => value * 10));
        FloatData input = new(2, 2);
        ((float[])[1, 2, 3, 4]).CopyTo(input.Values(2));
        FloatData output = new(2, 2);
        prepared.CreateOperation()([input], output, 2);
        Assert.Equal([20, 30, 40, 50], output.Values(2).ToArray());
        Assert.Equal([1, 2, 3, 4], input.Values(2).ToArray());
        Assert.Equal(new FloatSpec(new Shape(2)), prepared.Output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Parts_are_whole_rows_and_together_everything(int count)
    {
        const int Rows = 1000;
        const int Channels = 7;
        Stage stage = FloatPart.OfRows(Rows, Channels, (_, row, result) =>
        {
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = (row * Channels) + i;
            }
        }).ToStage(new FloatSpec(new Shape(Rows, Channels)), [(values, channel) => Each(values, value => value + channel)]);
        FloatData output = new(Rows * Channels, 3);
        output.Values(3).Fill(-1);
        for (int index = 0; index < count; index++)
        {
            stage.Run([], output, 3, new WorkShare(index, count));
        }

        Assert.Equal(Enumerable.Range(0, 3 * Rows * Channels).Select(i => (float)i), output.Values(3).ToArray());
    }

    private static void Each(Span<float> values, Func<float, float> map)
    {
        foreach (ref float value in values)
        {
            value = map(value);
        }
    }
}
