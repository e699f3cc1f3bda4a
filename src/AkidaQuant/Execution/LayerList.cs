using System.Collections;
using AkidaQuant.Text;

namespace AkidaQuant.Execution;

/// <summary>The layers of a model in order, by position and by name.</summary>
public sealed class LayerList<T> : IReadOnlyList<T>
    where T : class
{
    private readonly string _model;
    private readonly T[] _layers;
    private readonly Dictionary<string, T> _byName;

    /// <summary>A list of layers with names of their own.</summary>
    /// <param name="model">The model as errors name it: <c>The model 'digits'</c>.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="nameOf">The name of a layer.</param>
    internal LayerList(string model, IEnumerable<T> layers, Func<T, string> nameOf)
    {
        _model = model;
        _layers = [.. layers];
        _byName = _layers.ToDictionary(nameOf, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int Count => _layers.Length;

    /// <summary>The layer at a position, from 0.</summary>
    /// <exception cref="IndexOutOfRangeException">There is none.</exception>
    public T this[int index] => _layers[index];

    /// <summary>The layer of that name; where none is written exactly so, the only one that is so but for upper and lower case.</summary>
    /// <exception cref="QuantException"><c>LayerUnknown</c>: there is none.</exception>
    public T this[string name] => Find(name) ?? throw new QuantException(
        "LayerUnknown",
        QuantErrorKind.NotFound,
        $"{_model} has no layer '{name}'.{Hint(name)}",
        name);

    /// <summary>Whether there is a layer of that name.</summary>
    public bool Contains(string name) => Find(name) is not null;

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_layers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The number of layers: <c>12 layers</c>.</summary>
    public override string ToString() => $"{Count} layers";

    private T? Find(string name)
    {
        if (_byName.TryGetValue(name, out T? layer))
        {
            return layer;
        }

        string[] similar = [.. _byName.Keys.Where(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)).Take(2)];
        return similar is [var only] ? _byName[only] : null;
    }

    private string Hint(string name) => NearestName.Question(name, _byName.Keys) is { Length: > 0 } question
        ? question
        : " Its property Layers lists the names that there are.";
}
