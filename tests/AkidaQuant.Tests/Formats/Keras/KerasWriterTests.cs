using System.Text.RegularExpressions;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Files written from the reference's own files, and from models that were quantized here.</summary>
public sealed partial class KerasWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public static TheoryData<string> Cases => VectorCase.All;

    public static TheoryData<string> Rewrites =>
        [
            .. Directory
                .GetDirectories(Repository.PathOf("tests/vectors/rewrites"))
                .Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal),
        ];

    public static TheoryData<string> ArchiveCases =>
        [
            .. Directory
                .GetFiles(VectorCase.Root, "float.keras", SearchOption.AllDirectories)
                .Select(file => Path.GetFileName(Path.GetDirectoryName(file))!)
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Models_read_back_as_they_were(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        foreach (string file in new[] { "float.h5", "quantized.h5" })
        {
            Model model = vectors.ReadModel(file);
            foreach (string extension in new[] { ".h5", ".keras" })
            {
                ModelComparison.AssertSame(model, ReadBack(model, extension));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_of_the_reference_is_written_with_its_configuration_and_arrays(string name)
    {
        foreach (string file in new[] { "float.h5", "quantized.h5" })
        {
            string original = VectorCase.Open(name).PathOf(file);
            string written = Path.Combine(_folder, file);
            ModelWriter.Write(ModelReader.Read(original), written);
            Assert.Equal(Hdf5Listing.Attribute(original, "model_config"), Hdf5Listing.Attribute(written, "model_config"));
            Assert.Equal(Hdf5Listing.Of(original), Hdf5Listing.Of(written));
        }
    }

    [Theory]
    [MemberData(nameof(Rewrites))]
    public void A_float_network_is_written_with_its_configuration_and_arrays(string name)
    {
        foreach (string file in new[] { "before.h5", "after.h5" })
        {
            string original = Repository.PathOf($"tests/vectors/rewrites/{name}/{file}");
            Model model = ModelReader.Read(original);
            string written = Path.Combine(_folder, file);
            ModelWriter.Write(model, written);
            Assert.Equal(Hdf5Listing.Attribute(original, "model_config"), Hdf5Listing.Attribute(written, "model_config"));
            Assert.Equal(Hdf5Listing.Of(original), Hdf5Listing.Of(written));
            ModelComparison.AssertSame(model, ReadBack(model, ".keras"));
        }
    }

    [Theory]
    [MemberData(nameof(ArchiveCases))]
    public void An_archive_of_the_reference_is_written_with_its_configuration_and_arrays(string name)
    {
        string original = VectorCase.Open(name).PathOf("float.keras");
        string written = Path.Combine(_folder, "float.keras");
        ModelWriter.Write(ModelReader.Read(original), written);
        using KerasArchive expected = KerasArchive.Open(original, File.ReadAllBytes(original));
        using KerasArchive actual = KerasArchive.Open(written, File.ReadAllBytes(written));
        Assert.Equal(
            ObjectAddress().Replace(expected.ReadText(KerasArchive.ConfigEntry), string.Empty),
            actual.ReadText(KerasArchive.ConfigEntry));
        Assert.Equal(Hdf5Listing.Of(expected.Read(KerasArchive.WeightsEntry)), Hdf5Listing.Of(actual.Read(KerasArchive.WeightsEntry)));
    }

    [Theory]
    [InlineData("tutorial_1_params", "quantized_conv2d")]
    [InlineData("streaming_recurrent", "quantized_stateful_recurrent")]
    public void Archives_hold_ranges_under_the_quantizer_of_the_output(string name, string group)
    {
        string written = Path.Combine(_folder, "quantized.keras");
        ModelWriter.Write(VectorCase.Open(name).ReadModel("quantized.h5"), written);
        using KerasArchive archive = KerasArchive.Open(written, File.ReadAllBytes(written));
        string[] paths =
        [
            .. Hdf5Listing
                .Of(archive.Read(KerasArchive.WeightsEntry))
                .Where(line => line.StartsWith($"/layers/{group}/", StringComparison.Ordinal))
                .Select(line => line.Split(": ")[0]),
        ];
        Assert.Contains($"/layers/{group}/vars/0/", paths);
        Assert.Contains($"/layers/{group}/vars/1/", paths);
        Assert.DoesNotContain($"/layers/{group}/vars/2/", paths);
        Assert.Contains($"/layers/{group}/out_quantizer/vars/0/", paths);
        Assert.Contains($"/layers/{group}/out_quantizer/vars/1/", paths);
    }

    [Theory]
    [MemberData(nameof(ArchiveCases))]
    public void Both_formats_of_a_model_are_the_same_model(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        ModelComparison.AssertSame(vectors.ReadModel("float.h5"), vectors.ReadModel("float.keras"));
    }

    [Theory]
    [MemberData(nameof(ArchiveCases))]
    public void An_archive_quantizes_to_the_integers_of_the_reference(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model reference = vectors.ReadModel("quantized.h5");
        Model model = Quantizer.Quantize(
            vectors.ReadModel("float.keras"),
            vectors.Options(reference) with
            {
                Ranges = ReferenceRanges.Of(reference),
            });
        Comparison comparison = new();
        comparison.Variables(ReadBack(model, ".keras"), vectors.Arrays("variables.npz"));
        Assert.True(comparison.IsExact, comparison.Details);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_quantized_here_is_written_with_the_configuration_of_the_reference(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model reference = vectors.ReadModel("quantized.h5");
        Model model = Quantizer.Quantize(
            ReferenceRewriting.Of(vectors, vectors.ReadModel("float.h5"), reference).Float,
            vectors.Options(reference) with
            {
                Ranges = ReferenceRanges.Of(reference),
            });
        string written = Path.Combine(_folder, "quantized.h5");
        ModelWriter.Write(model, written);
        Assert.Equal(Hdf5Listing.Attribute(vectors.PathOf("quantized.h5"), "model_config"), Hdf5Listing.Attribute(written, "model_config"));
    }

    // Python's address of an initializer that several arguments share: chance, and not written.
    [GeneratedRegex(", \"shared_object_id\": [0-9]+")]
    private static partial Regex ObjectAddress();

    private Model ReadBack(Model model, string extension)
    {
        string path = Path.Combine(_folder, $"written{extension}");
        ModelWriter.Write(model, path);
        return ModelReader.Read(path);
    }
}
