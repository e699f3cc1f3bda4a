namespace AkidaQuant.Tests.Models;

/// <summary>What an optimization says of itself.</summary>
public sealed class OptimizationReportTests
{
    private static readonly OptimizationChange Change = new("net", "conv", "QuantizedConv2D", "kernel", "0.081", "0.034");

    [Fact]
    public void Its_text_has_the_errors_as_in_every_culture()
    {
        OptimizationReport report = new("net", OptimizationEffort.Fast, 750, 250, 0.31251, 0.0412, [Change]);
        Assert.Equal("relative error 0.3125 to 0.0412 on 250 held-back samples", report.ToString());
        Assert.Equal("conv: kernel, 0.081 before, 0.034 after", Change.ToString());
    }

    [Fact]
    public void A_model_without_changes_is_not_improved()
    {
        OptimizationReport report = new("net", OptimizationEffort.Full, 750, 250, 0.3, 0.3, []);
        Assert.False(report.IsImproved);
        Assert.True((report with { Changes = [Change] }).IsImproved);
    }
}
