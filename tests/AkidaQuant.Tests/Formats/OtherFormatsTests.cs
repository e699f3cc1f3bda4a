using System.Text;
using AkidaQuant.Formats;

namespace AkidaQuant.Tests.Formats;

/// <summary>What is no whole model in a format that is read is told what it is, with a way out.</summary>
public sealed class OtherFormatsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("net.tflite", "TensorFlow Lite")]
    [InlineData("net.pth", "torch.onnx.export")]
    [InlineData("variables.index", "checkpoint")]
    [InlineData("variables.data-00000-of-00001", "checkpoint")]
    [InlineData("checkpoint", "checkpoint")]
    [InlineData("frozen.pb", "tf2onnx")]
    [InlineData("net.safetensors", "weights without a network")]
    public void Other_formats_are_named(string name, string expected) =>
        Refused(Path.Combine(_folder, name), "ModelFormatUnknown", expected);

    [Theory]
    [InlineData("saved_model.pb", "SavedModel")]
    [InlineData("model.index", "checkpoints")]
    public void Folders_are_named_by_what_is_in_them(string file, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, file), string.Empty);
        Refused(_folder, "ModelFormatUnknown", expected);
    }

    [Theory]
    [InlineData("net.h5")]
    [InlineData("net.keras")]
    [InlineData("net.onnx")]
    [InlineData("net.yaml")]
    [InlineData("net.json")]
    public void A_pointer_of_Git_LFS_is_named_in_every_format(string name)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes(
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"));
        Refused(path, "GitLfsPointer", "git lfs pull");
    }

    private static void Refused(string path, string id, string expected)
    {
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(path));
        Assert.Equal(id, error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
    }
}
