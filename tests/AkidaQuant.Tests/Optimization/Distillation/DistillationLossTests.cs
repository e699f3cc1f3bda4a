using AkidaQuant.Optimization.Distillation;

namespace AkidaQuant.Tests.Optimization.Distillation;

public sealed class DistillationLossTests
{
    private static readonly float[] Targets = [1, -2, 0.5f, 0.2f, 0.3f, 0.1f];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Its_gradient_is_its_slope(bool isVector, bool isProbability)
    {
        float[] targets = isProbability ? [0.5f, 0.3f, 0.2f, 0, 0.9f, 0.1f] : Targets;
        DistillationLoss loss = new(targets, 3, isVector, isProbability);
        float[] output = [0.7f, -1, 2];
        float[] gradient = new float[3];
        loss.Of(1, output, gradient, 0.5f);
        for (int i = 0; i < output.Length; i++)
        {
            float[] up = [.. output];
            float[] down = [.. output];
            up[i] += 0.01f;
            down[i] -= 0.01f;
            double slope = (loss.Of(1, up, [], 0) - loss.Of(1, down, [], 0)) / 0.02;
            Assert.NotEqual(0, gradient[i]);
            Assert.Equal(slope * 0.5, gradient[i], 3);
        }
    }

    [Fact]
    public void It_is_least_where_nothing_differs()
    {
        DistillationLoss loss = new(Targets, 3, isVector: true, isProbability: false);
        Assert.Equal(0, loss.Of(0, Targets.AsSpan(0, 3), [], 0), 6);
        Assert.True(loss.Of(0, [1, -2, 0.6f], [], 0) > 0);
    }

    [Fact]
    public void Orders_of_samples_follow_from_the_seed()
    {
        int[] first = [.. Enumerable.Range(0, 100)];
        int[] again = [.. first];
        int[] other = [.. first];
        new SampleOrder(3).Shuffle(first);
        new SampleOrder(3).Shuffle(again);
        new SampleOrder(4).Shuffle(other);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.Equal(Enumerable.Range(0, 100), first.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), first);
    }
}
