using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Tests.Execution;

public sealed class FrameWindowTests
{
    private static readonly QuantizedSpec Frame = new(new Shape(1, 2, 3), 8, ScalarOrVector<int>.Scalar(4), null, new ValueRange(5, 9));

    [Fact]
    public void A_queue_has_the_frames_of_each_position_and_begins_with_zeros()
    {
        FrameWindow window = new(Frame, 4);
        Assert.Equal(new Shape(1, 2, 4, 3), window.Queue.Shape);
        Assert.Equal(new ValueRange(0, 9), window.Queue.Range);
        Assert.Equal(Frame.FracBits, window.Queue.FracBits);
    }

    [Fact]
    public void A_frame_joins_the_queue_before_it_is_multiplied()
    {
        FrameWindow window = new(Frame, 2);
        LinearPart linear = window.Linear((queue, sums, batch, _, _) => IntegerCopy.Copy(queue, sums, batch));
        IntegerData queue = new(12, 1, IntegerStorage.Int16);
        IntegerData sums = new(12, 1, IntegerStorage.Int16);
        linear.Run([Of(1, 2, 3, 4, 5, 6), queue], sums, 1, default, null);
        Assert.Equal([0, 0, 0, 1, 2, 3, 0, 0, 0, 4, 5, 6], sums.Values<short>(1).ToArray());
        linear.Run([Of(7, 8, 9, 10, 11, 12), queue], sums, 1, default, null);
        Assert.Equal([1, 2, 3, 7, 8, 9, 4, 5, 6, 10, 11, 12], sums.Values<short>(1).ToArray());
    }

    [Fact]
    public void Channels_over_time_are_a_depthwise_convolution_of_one_row_a_position()
    {
        AkidaQuant.Geometry.ConvolutionGeometry geometry = FrameWindow.PerChannel(new Shape(2, 3, 4, 5));
        Assert.Equal(new Shape(6, 4, 5), geometry.InputShape);
        Assert.Equal(new Shape(6, 1, 5), geometry.OutputShape);
        Assert.Equal((1, 4), (geometry.KernelHeight, geometry.KernelWidth));
    }

    private static IntegerData Of(params short[] values)
    {
        IntegerData data = new(values.Length, 1, IntegerStorage.Int16);
        values.CopyTo(data.Values<short>(1));
        return data;
    }
}
