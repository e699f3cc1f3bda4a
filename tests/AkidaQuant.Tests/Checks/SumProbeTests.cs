using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Checks;

public sealed class SumProbeTests
{
    /// <summary>Weights of 1 in each place give the sums: integers 127 with a scale that is a power of two.</summary>
    [Theory]
    [InlineData(28, 32, 100, false)]
    [InlineData(16, 32, 100, true)]
    [InlineData(28, 27, 100, true)]
    public void Sums_are_counted_that_saturate(int buffer, int outputBuffer, int inputs, bool canSaturate)
    {
        PlanStep<Node> step = Step(buffer, outputBuffer, inputs);
        SumProbe? probe = SumProbe.Of(step);
        Assert.Equal(canSaturate, probe is not null);
        if (probe is null)
        {
            return;
        }

        IntegerData data = new(inputs, 3, ((QuantizedSpec)step.Taken[0]).Storage);
        Span<short> values = data.Values<short>(3);
        values[..inputs].Fill(127);
        values[(2 * inputs)..].Fill(-128);
        bool[] saturated = probe.Run([data], 3);
        Assert.Equal([true, true, false, false, true, true], saturated);
        Assert.Equal(6, probe.Count);
        Assert.Equal(4, probe.Saturated + probe.ProductsSaturated);
        Assert.Equal(buffer == 16 ? 4 : 0, probe.Saturated);
        Assert.Equal(100.0 * 4 / 6, probe.Share, 1e-9);
    }

    [Fact]
    public void Sums_that_cannot_saturate_have_no_probe() => Assert.Null(SumProbe.Of(Step(28, null, 100)));

    private static PlanStep<Node> Step(int buffer, int? outputBuffer, int inputs)
    {
        QuantizedDense dense = new()
        {
            Name = "dense",
            Units = 2,
            UseBias = false,
            Kernel = NdArray<float>.Filled(new Shape(inputs, 2), 1f),
            Settings = new QuantSettings
            {
                ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = 8 },
                ["buffer_bitwidth"] = buffer,
            },
            OutputQuantizer = outputBuffer is { } bits
                ? new OutputQuantizer { BufferBitwidth = bits, RangeMax = NdArray<float>.Scalar(64f) }
                : null,
        };
        QuantizedSpec input = new(new Shape(inputs), 7, ScalarOrVector<int>.Scalar(7));
        return new PlanStep<Node>(new Node(dense, ["input"]), [0], [input], dense.Prepare([input]));
    }
}
