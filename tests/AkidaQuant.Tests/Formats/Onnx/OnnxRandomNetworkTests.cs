namespace AkidaQuant.Tests.Formats.Onnx;

public sealed class OnnxRandomNetworkTests(ITestOutputHelper output)
{
    [Fact]
    public void Networks_of_known_blocks_give_what_ONNX_Runtime_gives() => 
        OnnxCases.Check(output, 1, OnnxNetworkBuilder.Build, count: 400, tolerance: 1e-5f);

    /// <summary>Few of them can be images all the way, but what is imported is right.</summary>
    [Fact]
    public void Chains_of_operators_in_any_order_give_what_ONNX_Runtime_gives_or_are_refused() =>
        OnnxCases.Check(output, 0.65, OnnxChainBuilder.Build, count: 1000);
}
