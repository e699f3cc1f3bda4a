using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Numerics;

public sealed class ErrorFunctionTests
{
    [Theory]
    [InlineData(-3.0, 1.9999779095030015)]
    [InlineData(-0.5, 1.5204998778130465)]
    [InlineData(0.0, 1.0)]
    [InlineData(0.1, 0.8875370839817152)]
    [InlineData(1.0, 0.15729920705028513)]
    [InlineData(1.9999, 0.004679802092970608)]
    [InlineData(2.0, 0.004677734981047266)]
    [InlineData(2.5, 0.0004069520174449589)]
    [InlineData(4.0, 1.541725790028002e-08)]
    [InlineData(8.0, 1.1224297172982928e-29)]
    [InlineData(10.0, 2.088487583762545e-45)]
    public void The_complementary_error_function_is_good_to_thirteen_digits(double x, double expected) =>
        Assert.InRange(ErrorFunction.Complementary(x) / expected, 1 - 2e-13, 1 + 2e-13);
}
