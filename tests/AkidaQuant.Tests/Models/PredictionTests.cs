using System.Numerics.Tensors;
using CsCheck;

namespace AkidaQuant.Tests.Models;

public sealed class PredictionTests
{
    /// <summary>Few values, so that equal ones, both zeros and NaN meet, at every distance.</summary>
    [Fact]
    public void The_greatest_value_is_that_of_TensorPrimitives() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 5].Array[0, 40]).Sample((kinds, choices) =>
        {
            float[] special = [-1f, -0f, 0f, 1f, float.PositiveInfinity, float.NaN];
            float[] values = [.. choices.Select(choice => special[choice % kinds])];
            Assert.Equal(TensorPrimitives.IndexOfMax<float>(values), Prediction.IndexOfGreatest(values));
        });
}
