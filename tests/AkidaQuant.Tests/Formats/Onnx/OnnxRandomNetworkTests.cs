namespace AkidaQuant.Tests.Formats.Onnx;

public sealed class OnnxRandomNetworkTests(ITestOutputHelper output)
{
    [Fact]
    public void Networks_of_known_blocks_give_what_ONNX_Runtime_gives() => OnnxCases.Check(output, 1, OnnxNetworkBuilder.Build, count: 400);
}
