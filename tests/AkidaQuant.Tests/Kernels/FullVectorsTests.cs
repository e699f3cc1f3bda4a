using System.Numerics.Tensors;
using AkidaQuant.Kernels;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

public class FullVectorsTests
{
    [Fact]
    public void A_value_has_the_same_result_alone_and_among_others() => Gen.Float[-9, 9].Array[1, 70].Sample(values =>
    {
        foreach (FullVectors.Function function in new FullVectors.Function[] { TensorPrimitives.Sigmoid, TensorPrimitives.Tanh, TensorPrimitives.Exp })
        {
            float[] together = [.. values];
            FullVectors.Run(function, together);
            for (int i = 0; i < values.Length; i++)
            {
                float[] alone = [values[i]];
                FullVectors.Run(function, alone);
                Assert.Equal(together[i], alone[0]);
            }
        }
    });
}
