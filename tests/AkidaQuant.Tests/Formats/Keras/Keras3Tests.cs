using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Files of Keras 3, which the reference cannot read.</summary>
public sealed class Keras3Tests : IDisposable
{
    private const float Rounding = 1e-5f;

    private static readonly string Vectors = Repository.PathOf("tests/vectors/keras3");

    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("digits_ds_cnn.keras", "io.npz", false)]
    [InlineData("digits_ds_cnn.h5", "io.npz", false)]
    [InlineData("sequential.keras", "sequential_io.npz", true)]
    public void Networks_give_the_outputs_of_Keras_3(string file, string arrays, bool isSequential)
    {
        Model model = ModelReader.Read(Path.Combine(Vectors, file));
        Assert.Equal(isSequential, model.IsSequential);
        AssertOutputs(model, arrays);
    }

    [Theory]
    [InlineData("digits_ds_cnn.keras", "io.npz", ".h5")]
    [InlineData("digits_ds_cnn.h5", "io.npz", ".keras")]
    [InlineData("sequential.keras", "sequential_io.npz", ".h5")]
    public void Networks_are_written_in_the_form_of_tf_keras(string file, string arrays, string extension)
    {
        string written = Path.Combine(_folder, $"written{extension}");
        ModelWriter.Write(ModelReader.Read(Path.Combine(Vectors, file)), written);
        AssertOutputs(ModelReader.Read(written), arrays);
        string text = File.ReadAllText(written);
        foreach (
            string only in new[]
            {
                "\"batch_shape\"",
                "DTypePolicy",
                "optional",
                "input_axes",
                "synchronized",
                "keras_history",
                "quantization_config",
                "shared_object_id",
            })
        {
            Assert.DoesNotContain(only, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Both_formats_of_a_network_are_the_same()
    {
        Model archive = ModelReader.Read(Path.Combine(Vectors, "digits_ds_cnn.keras"));
        Model hdf5 = ModelReader.Read(Path.Combine(Vectors, "digits_ds_cnn.h5"));
        Assert.Equal(new ModelSummary(hdf5).ToString(), new ModelSummary(archive).ToString());
        Assert.Equal(
            hdf5.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values),
            archive.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values));
    }

    private static void AssertOutputs(Model model, string arrays)
    {
        string path = Path.Combine(Vectors, arrays);
        float[] expected = NpzReader.ReadAll(path)["outputs"].ToSingles().Values;
        float[] actual =
        [
            .. Inference
                .Run(model, SampleReader.Read(path, "inputs"), cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(
                MathF.Abs(actual[i] - expected[i]) <= Rounding * MathF.Max(1, MathF.Abs(expected[i])),
                $"output {i}: {actual[i]} instead of {expected[i]}");
        }
    }
}
