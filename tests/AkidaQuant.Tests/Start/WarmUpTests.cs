using AkidaQuant.Start;

namespace AkidaQuant.Tests.Start;

/// <summary>What warms the code up goes all the way: an error that it swallows would leave the code behind it cold.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public void It_runs_through_float_integers_and_emulator()
    {
        int?[] classes = WarmUp.Run();
        Assert.Equal(12, classes.Length);
        Assert.All(classes, found => Assert.InRange(Assert.NotNull(found), 0, 9));

        // The emulator finds what the quantized model finds.
        Assert.Equal(classes[..4], classes[8..]);
    }

    [Fact]
    public void It_can_be_started_again_and_again()
    {
        WarmUp.Start();
        WarmUp.Start();
    }
}
