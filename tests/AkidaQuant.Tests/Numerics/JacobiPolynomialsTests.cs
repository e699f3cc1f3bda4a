using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Numerics;

public sealed class JacobiPolynomialsTests
{
    /// <summary>transforms.md 4.4 and layers.md 11.</summary>
    [Theory]
    [InlineData(0.0, new[] { 1f, 1, 1, 1, 1, 0.1f, 0.3f, 0.5f, 0.7f, 0.9f, -0.48f, -0.36f, -0.12f, 0.24f, 0.72f }, 1f)]
    [InlineData(
        -0.25,
        new[]
        {
            0.316227764f,
            0.316227764f,
            0.316227764f,
            0.316227764f,
            0.316227764f,
            0.0237170830f,
            0.0711512417f,
            0.118585408f,
            0.166019574f,
            0.213453740f,
            -0.133737996f,
            -0.106068067f,
            -0.0507282019f,
            0.0322815850f,
            0.142961293f,
        },
        3.1622777f
    )]
    public void Polynomials_have_the_means_of_the_chapters(double parameter, float[] expected, float divisor)
    {
        float[] means = JacobiPolynomials.Means(2, parameter, parameter, 5);
        Assert.Equal(expected.Length, means.Length);
        for (int i = 0; i < means.Length; i++)
        {
            Assert.Equal(expected[i], means[i] / divisor, 6e-8f * Math.Max(1, Math.Abs(expected[i])));
        }
    }
}
