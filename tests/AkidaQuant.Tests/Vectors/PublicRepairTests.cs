using AkidaQuant.Formats;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Repair;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Networks that Akida refuses as people have them: repaired they compute the same, convert and keep their integers.</summary>
public sealed class PublicRepairTests
{
    [Theory]
    [InlineData("keras/03_relu_bn_conv.h5")]
    [InlineData("keras/03c_dense_relu_bn_dense.h5")]
    [InlineData("keras/04_flatten_first.h5")]
    [InlineData("keras/05_dropout_first.h5")]
    [InlineData("keras/19_same_conv_valid_pool_odd.h5")]
    [InlineData("keras/20_separable.h5")]
    [InlineData("keras/42_dscnn_kws_like.h5")]
    [InlineData("keras/60_conv_relu6_string.h5")]
    [InlineData("keras/60b_activation_relu6.h5")]
    [InlineData("onnx/01_two_convs_from_input.onnx")]
    [InlineData("onnx/08_relu_then_clip.onnx")]
    [InlineData("onnx/10_leading_flatten.onnx")]
    [InlineData("onnx/11_maxpool_after_concat.onnx")]
    [InlineData("onnx/14_1xk_kernel.onnx")]
    public void What_is_refused_is_repaired(string file)
    {
        (Model floating, SampleSet samples) = Read(file);
        RepairCase.Check(floating, samples: samples);
    }

    /// <summary>Bytes would give the input of a network from PyTorch their type, in which its first layer takes none.</summary>
    [Theory]
    [InlineData("07_conv1d_kws")]
    [InlineData("14_1xk_kernel")]
    public void A_network_that_is_repaired_with_bytes_takes_them_as_floats(string name)
    {
        Model floating = ModelReader.Read(Repository.PathOf($"tests/vectors/public/onnx/{name}.onnx"));
        SampleSet bytes = RandomSamples.Create(floating.Input.SampleShape, 6, IntegerType.UInt8, 2);
        Model repaired = Repairer.Repair(floating, new RepairOptions { Samples = bytes });
        Assert.Empty(repaired.Repair!.Left);
        RepairCase.AssertSameIntegers(repaired, bytes, AkidaVersion.V2, null);
    }

    [Theory]
    [InlineData("keras/40_upgrade_sample.h5")]
    [InlineData("keras/43_yolo_reshape.h5")]
    [InlineData("keras/70_unet_like.h5")]
    public void What_converts_is_left_as_it_is_and_keeps_its_integers(string file)
    {
        (Model floating, SampleSet samples) = Read(file);
        RepairCase.CheckUntouched(floating, new() { Samples = samples });
        RepairCase.AssertSameIntegers(floating, samples, AkidaVersion.V2, null);
    }

    private static (Model Floating, SampleSet Samples) Read(string file)
    {
        Model floating = ModelReader.Read(Repository.PathOf($"tests/vectors/public/{file}"));
        string given = Repository.PathOf($"tests/vectors/public/{Path.ChangeExtension(file, null)}.samples.npy");
        return (floating, File.Exists(given) ? SampleReader.Read(given) : RepairCase.Samples(floating));
    }
}
