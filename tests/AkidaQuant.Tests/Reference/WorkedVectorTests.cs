using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

/// <summary>The worked examples of numerics.md 12, from floats to the last integer.</summary>
public sealed class WorkedVectorTests
{
    [Fact]
    public void Dense_end_to_end()
    {
        QuantizedWeights weights = WeightQuantization.Quantize(Matrix<float>([0.5f, -0.2f], [0.1f, 0.3f]), 4, true, -1);
        Assert.Equal([7, -5, 1, 7], weights.Values.Values);
        Assert.Equal(FromBits(0x3D924925, 0x3D2F8AFA), weights.Scales!.Values);

        QFloat kernel = QFloat.Create(
            new FixedPoint(weights.Values.Map(value => (long)value), weights.ValueBits, weights.FracBits),
            weights.Scales);
        QFloat accumulator = Linear.MatMul(
            Fixed(
                    [
                        [200, 3],
                        [7, 250],
                    ],
                    8,
                    0)
                .Promote(27),
            kernel);
        Check(accumulator.Inner, [1403, -979, 299, 1715], 27, Bits(0));

        AlignedTensor bias = AlignedQuantization.Quantize(
            Vector(0.3f, -0.1f),
            accumulator.Scales,
            accumulator.FracBits,
            accumulator.ValueBits,
            8,
            true);
        Assert.Equal(ScalarOrVector<long>.Vector([4, -2]), bias.Values);
        Assert.Equal(BitsOf(0, 0), bias.Shift);
        QFloat sum = accumulator + new QFloat(Fixed([4, -2], 27, 0), accumulator.Scales);
        Check(sum.Inner, [1407, -981, 303, 1713], 27, Bits(0));

        (FixedPoint scaled, QuantizedScales scales) = sum.Promote(32).ToFixedPoint();
        Assert.Equal(BitsOf(146, 176), scales.Mantissas);
        Assert.Equal(BitsOf(11, 12), scales.FracBits);
        (FixedPoint output, ScalarOrVector<int> shift) = scaled.Rescale(Bits(Rounding.MaxFracBits(7, 100)), 7);
        Assert.Equal(BitsOf(-11, -12), shift);
        Check(output, [100, -42, 22, 74], 7, Bits(0));

        OutputStage stage = OutputQuantization.Derive(
            sum.Scales,
            sum.FracBits,
            sum.ValueBits,
            Scalar(100),
            Scalar(1),
            8,
            true,
            8,
            32,
            "dense");
        Assert.Equal(output.Values.Values, sum.Values.Values.Select((value, i) => (long)stage.Apply(value, i % 2)));

        QFloat signed = Linear.MatMul(Fixed([[-100, 3]], 7, 0).Promote(27), kernel) + new QFloat(Fixed([4, -2], 27, 0), accumulator.Scales);
        Check(signed.Inner, [-693, 519], 27, Bits(0));
    }

    [Fact]
    public void Addition_with_alignment()
    {
        FixedPoint a = Fixed([10, 20], 7, 3);
        FixedPoint b = Fixed([7, -9], 7, [5, 1]);
        (FixedPoint left, ScalarOrVector<int> leftShift) = a.Align(b, 31);
        (FixedPoint right, ScalarOrVector<int> rightShift) = b.Align(a, 31);
        Check(left, [40, 20], 31, BitsOf(5, 3));
        Check(right, [7, -36], 31, BitsOf(5, 3));
        Assert.Equal(BitsOf(2, 0), leftShift);
        Assert.Equal(BitsOf(0, 2), rightShift);
        Check(left + right, [47, -16], 31, BitsOf(5, 3));
    }

    [Fact]
    public void Averaging_moves_the_binary_point()
    {
        FixedPoint a = Fixed([10, 20], 7, 3);
        FixedPoint b = Fixed([7, -9], 7, 5);
        Check((a.Align(b, 31).Result + b.Align(a, 31).Result) >> 1, [47, 71], 31, Bits(6));
    }

    [Fact]
    public void Relu_with_its_default_maximum()
    {
        QFloat input = new(Fixed([-5, 3, 100, 127], 7, 3).Promote(32), 1f);
        AlignedTensor maximum = AlignedQuantization.Quantize(Scalar(6), input.Scales, input.FracBits, input.ValueBits, 8, false);
        QFloat high = new(Fixed([], [maximum.Values[0]], 32, 3), 1f);
        Check(Elementwise.Clip(input, Elementwise.ZerosLike(input), high).Inner, [0, 3, 48, 48], 32, Bits(3));
    }

    [Fact]
    public void Relu_with_scales_of_channels()
    {
        QFloat input = new(Fixed([-5, 3, 100, 999], 32, 0), Scales(.1f, .2f, .3f, .01f));
        AlignedTensor maximum = AlignedQuantization.Quantize(Scalar(6), input.Scales, input.FracBits, input.ValueBits, 8, false);
        Assert.Equal(ScalarOrVector<long>.Vector([60, 30, 20, 600]), maximum.Values);
        QFloat high = new(Fixed([60, 30, 20, 600], 32, 0), input.Scales);
        QFloat clipped = Elementwise.Clip(input, Elementwise.ZerosLike(input), high);
        Check(clipped.Inner, [0, 3, 20, 600], 32, Bits(0));
        OutputStage stage = OutputQuantization.Derive(clipped.Scales, clipped.FracBits, 32, Scalar(6), Scalar(1), 4, false, 8, 32, "relu");
        Assert.Equal(Bits(1), stage.FracBits);
        Assert.Equal([0, 1, 12, 12], clipped.Values.Values.Select(stage.Apply));
    }

    [Fact]
    public void Global_average_pooling()
    {
        FixedPoint input = Fixed([1, 3, 3, 2], [.. Enumerable.Range(0, 18).Select(i => (long)i)], 7, 3).Promote(32);
        QFloat mean = new QFloat(Reductions.Sum(input, [1, 2]), 1f) / 9;
        Check(mean.Inner, [72, 81], 32, Bits(3));
        OutputStage stage = OutputQuantization.Derive(
            mean.Scales,
            mean.FracBits,
            mean.ValueBits,
            Scalar(2),
            Scalar(1),
            8,
            true,
            8,
            32,
            "pool");
        Assert.Equal(Bits(228), stage.Scales!.Mantissas);
        Assert.Equal(Bits(11), stage.Scales.FracBits);
        Assert.Equal(Bits(-8), stage.Shift);
        Assert.Equal(Bits(6), stage.FracBits);
        Assert.Equal([64, 72], mean.Values.Values.Select(value => stage.Apply(value, 0)));
    }

    [Fact]
    public void Input_with_a_zero_point_equals_the_sum_of_tensors()
    {
        NdArray<float> x = Vector(-1.5f, -1, -0.3f, 0, 0.004f, 0.5f, 0.99f, 1, 2);
        QFloat quantized = new(FixedPoint.Quantize(x, 8, Bits(8)), 1f);
        QFloat zero = QFloat.Quantize(Scalar(0.25f), 8, Scale(1), Bits(8));
        Assert.Equal([-192, -192, -13, 64, 65, 192, 255, 255, 255], (quantized + zero).Values.Values);
    }
}
