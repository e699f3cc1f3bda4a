using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Tests.Vectors;

[assembly: AssemblyFixture(typeof(AkidaQuant.Tests.Formats.AkidaFiles.SizeTable))]

namespace AkidaQuant.Tests.Formats.AkidaFiles;

/// <summary>Every vector that converts, through a file: potentials, outputs, and what the page's own reader finds.</summary>
public sealed class AkidaFileVectorTests(SizeTable table)
{
    private const int MostSamples = 64;

    public static TheoryData<string> OnnxCases => OnnxQuantizedVectorTests.Cases;

    [Theory]
    [MemberData(nameof(VectorCase.All), MemberType = typeof(VectorCase))]
    public void Potentials_and_outputs_of_Keras_networks_stay(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Compare(name, vectors.ReadModel("quantized.h5"), vectors.Samples("inputs.npz"));
    }

    [Theory]
    [MemberData(nameof(OnnxCases))]
    public void Potentials_and_outputs_of_ONNX_networks_stay(string name)
    {
        string folder = Repository.PathOf($"tests/vectors/onnx/{name}");
        Model quantized = ModelReader.Read(Path.Combine(folder, "quantized.onnx"));
        Compare($"onnx/{name}", quantized, SampleReader.Read(Path.Combine(folder, "inputs.npz")));
    }

    private static int[] Potentials(AkidaModel model, SampleSet samples) =>
        [.. Emulator.RunPotentials(model, samples).SelectMany(batch => batch.Values)];

    private static float[] Outputs(AkidaModel model, SampleSet samples) =>
        [.. Emulator.Run(model, samples, model.IsStateful ? samples.Count : null).SelectMany(batch => batch.Values)];

    private void Compare(string name, Model quantized, SampleSet samples)
    {
        samples = samples.Slice(0, MostSamples);
        foreach (AkidaVersion version in Enum.GetValues<AkidaVersion>())
        {
            AkidaModel model;
            try
            {
                model = AkidaConverter.Convert(quantized, version);
            }
            catch (QuantException refusal) when (refusal.Id.StartsWith("Akida", StringComparison.Ordinal))
            {
                continue;
            }

            byte[] content = StoredModel.Bytes(model);
            Assert.Equal(content, StoredModel.Bytes(model));
            AkidaModel read = StoredModel.Read(content);
            StoredModel.AssertSame(model, read);
            Assert.Equal(content, StoredModel.Bytes(read));
            int[] potentials = Potentials(model, samples);
            Assert.Equal(potentials, Potentials(read, samples));
            Assert.Equal(Outputs(model, samples), Outputs(read, samples));
            PageReader page = new(content);
            StoredModel.AssertSame(model, page.Model);
            table.Add($"{name} {(int)version}.0", model, potentials.Length, page, content.Length);
        }
    }
}

/// <summary>
/// Collects the sizes of files, and what became of altered ones, and writes them when the run ends: <c>artifacts/akida-files.txt</c>.
/// </summary>
public sealed class SizeTable : IDisposable
{
    private const int BitsOfProjection = 8;

    private static readonly CompositeFormat Columns =
        CompositeFormat.Parse("{0,-40} {1,6} {2,10} {3,9} {4,10} {5,10} {6,9} {7,9} {8,7:0.00}");

    private readonly ConcurrentBag<(string Case, string Row)> _rows = [];
    private readonly ConcurrentBag<string> _outcomes = [];

    internal void Add(string name, AkidaModel model, int potentials, PageReader page, int bytes)
    {
        long bits = model.Layers.Sum(layer => layer.Variables
            .Where(variable => variable.Key.StartsWith("weights", StringComparison.Ordinal) || variable.Key is "in_proj" or "out_proj")
            .Sum(variable => (long)((NdArray<sbyte>)variable.Value).Shape.Size * (layer.WeightBits ?? BitsOfProjection)));
        long weights = (bits + 7) / 8;
        object[] columns =
        [
            name, model.Layers.Count, potentials, 0, weights, page.Arrays.Length, page.Manifest.Length, bytes,
            (double)bytes / Math.Max(weights, 1),
        ];
        _rows.Add((name, string.Format(CultureInfo.InvariantCulture, Columns, columns)));
    }

    internal void Add(string title, IReadOnlyDictionary<string, int> outcomes) => _outcomes.Add(
        $"{title}: {string.Join(", ", outcomes.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Key} {entry.Value}"))}");

    /// <summary>A run that wrote nothing leaves the table of the last one that did.</summary>
    public void Dispose()
    {
        if (_rows.IsEmpty && _outcomes.IsEmpty)
        {
            return;
        }

        StringBuilder text = new();
        text.AppendLine(string.Format(
            CultureInfo.InvariantCulture,
            Columns,
            (object[])["case", "layers", "potentials", "different", "weights, B", "arrays, B", "manifest", "file, B", "ratio"]));
        foreach ((_, string row) in _rows.OrderBy(row => row.Case, StringComparer.Ordinal))
        {
            text.AppendLine(row);
        }

        foreach (string line in _outcomes.Order(StringComparer.Ordinal))
        {
            text.AppendLine(line);
        }

        Directory.CreateDirectory(Repository.PathOf("artifacts"));
        File.WriteAllText(Repository.PathOf("artifacts/akida-files.txt"), text.ToString());
    }
}
