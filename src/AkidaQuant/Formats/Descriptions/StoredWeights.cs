using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Weights from an <c>.npz</c> file, under the names of variables without <c>:0</c>: <c>conv/kernel</c>.</summary>
internal sealed class StoredWeights : IWeightSource
{
    private const string Suffix = ":0";

    // The largest element and header that an array of a shape can have; a file that claims more is not read.
    private const int MostBytes = 8;
    private const int MostHeader = 1 << 16;

    private readonly string _path;
    private readonly NpzReader _file;
    private readonly Dictionary<string, string> _stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left;

    private readonly bool _isPart;

    private StoredWeights(string path, NpzReader file, bool isPart)
    {
        _isPart = isPart;
        _path = path;
        _file = file;
        foreach (string name in file.Names)
        {
            _stored[NameOf(name)] = name;
        }

        _left = [.. _stored.Keys];
    }

    /// <inheritdoc/>
    public bool KnowsShapes => true;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPart">Whether it holds those of layers besides, which the network was cut off from.</param>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>ArrayFileDamaged</c>.</exception>
    public static StoredWeights Open(string path, bool isPart = false) => new(path, NpzReader.Open(path), isPart);

    /// <summary>The name of an array in files.</summary>
    public static string NameOf(string variable) =>
        variable.EndsWith(Suffix, StringComparison.Ordinal) ? variable[..^Suffix.Length] : variable;

    /// <inheritdoc/>
    public NdArray<float> Take(Layer layer, string variable, WeightShape? weight)
    {
        string name = NameOf(variable);
        if (!_stored.TryGetValue(name, out string? stored))
        {
            string question = NearestName.Question(name, _left);
            throw Wrong(
                "WeightsMissing",
                layer,
                $"has no array '{DescriptionSource.Shorten(name)}'.{(question.Length > 0 ? question : $" It holds {Names()}.")}");
        }

        if (weight is not null && _file.Length(stored) > ((long)weight.Shape.Size * MostBytes) + MostHeader)
        {
            throw Wrong(
                "WeightShapeMismatch", layer, $"has an array '{name}' that is larger than the shape {weight.Shape}, which it must have.");
        }

        NpyArray array = _file.Read(stored);
        if (weight is not null && array.Shape != weight.Shape)
        {
            throw Wrong(
                "WeightShapeMismatch",
                layer,
                $"has an array '{name}' of the shape {array.Shape}, but it must have {weight.Shape}. Save the weights of this network.");
        }

        _left.Remove(name);
        return array.ToSingles();
    }

    /// <inheritdoc/>
    public void Finish()
    {
        if (_left.Count > 0 && !_isPart)
        {
            throw new QuantException(
                "WeightsUnknown",
                QuantErrorKind.InvalidData,
                $"The weights in '{_path}' hold {Names()}, which no layer takes. Leave out what does not belong to the network, or correct the names of its layers.",
                _path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private string Names() =>
        DescriptionSource.Shorten(string.Join(", ", _left.Select(name => $"'{name}'").DefaultIfEmpty("nothing else")));

    private QuantException Wrong(string id, Layer layer, string problem) => new(
        id,
        QuantErrorKind.InvalidData,
        $"The weights in '{_path}' for layer '{layer.Name}' ({layer.ClassName}): the file {problem}",
        layer.Name);
}
