using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>Quantized files with flipped bits: refused with an error that says so, or read, run and converted.</summary>
public sealed class QuantizedDamageTests
{
    [Theory]
    [InlineData("digits_resnet", 1)]
    [InlineData("digits_convnet", 2)]
    public void Flipped_bits_do_not_end_in_anything_but_an_error_of_ours(string name, int seed)
    {
        string path = Repository.PathOf($"tests/vectors/onnx/{name}/quantized.onnx");
        byte[] content = File.ReadAllBytes(path);
        Random random = new(seed);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. content];
            int at = random.Next(damaged.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            try
            {
                Model model = OnnxReader.Read(path, damaged);
                _ = model.Plan;
                AkidaConverter.Convert(model, AkidaVersion.V2);
                read++;
            }
            catch (QuantException)
            {
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Byte {at} is {damaged[at]} instead of {content[at]}.", e);
            }
        }

        Assert.True(read > 0);
        Assert.True(refused > 0);
    }
}
