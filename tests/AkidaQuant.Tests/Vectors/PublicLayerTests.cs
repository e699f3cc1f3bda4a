using AkidaQuant.Formats;
using AkidaQuant.Models;
using AkidaQuant.Tests.Repair;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Networks with layers that people have: they are read and compute what Keras computes.</summary>
public sealed class PublicLayerTests
{
    [Theory]
    [InlineData("03_relu_bn_conv")]
    [InlineData("03c_dense_relu_bn_dense")]
    [InlineData("17_GaussianNoise")]
    [InlineData("17_UpSampling2D")]
    public void Float_outputs_are_those_of_Keras(string name)
    {
        string path = Repository.PathOf($"tests/vectors/public/keras/{name}");
        Model model = ModelReader.Read($"{path}.h5");
        SampleSet samples = SampleReader.Read($"{path}.samples.npy");
        float[] expected = [.. Enumerable.Range(0, samples.Count).SelectMany(SampleReader.Read($"{path}.expected.npy").Values)];
        float[] actual = [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];
        double greatest = expected.Max(MathF.Abs);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange((double)pair.First - pair.Second, -1e-5 * greatest, 1e-5 * greatest));
    }

    [Theory]
    [InlineData("17_GaussianNoise")]
    [InlineData("17_UpSampling2D")]
    public void What_stays_in_float_is_repaired(string name)
    {
        string path = Repository.PathOf($"tests/vectors/public/keras/{name}");
        RepairCase.Check(ModelReader.Read($"{path}.h5"), samples: SampleReader.Read($"{path}.samples.npy"));
    }
}
