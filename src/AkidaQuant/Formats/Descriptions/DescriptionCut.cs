using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// Chooses the layers of a description that some of them need, before the others are read. All of them count for the names of those
/// that have none.
/// </summary>
internal sealed class DescriptionCut
{
    private readonly DescriptionSource _source;
    private readonly IReadOnlyList<(string? Class, string? Name, IReadOnlyList<string>? Inputs)> _layers;
    private readonly string?[] _names;
    private readonly int _first;

    /// <summary>Prepares a cut.</summary>
    /// <param name="layers">The layers as they are written.</param>
    /// <param name="outputs">The layers whose outputs the model is to give.</param>
    /// <param name="source">Where they come from.</param>
    /// <exception cref="QuantException"><c>OutputUnknown</c>: there is no such layer.</exception>
    public DescriptionCut(IReadOnlyList<object?> layers, IReadOnlyList<string> outputs, DescriptionSource source)
    {
        _source = source;
        _layers = [.. layers.Select(Sketch)];
        _first = _layers is [{ Class: nameof(InputLayer) }, ..] ? 1 : 0;
        _names = Names();
        Kept = Needed(outputs);
    }

    /// <summary>The places of the layers that are needed, and of the input where it is one of them, in order.</summary>
    public IReadOnlySet<int> Kept { get; }

    /// <summary>A layer that is needed, its name and what feeds it written out.</summary>
    public LayerEntry Named(LayerEntry entry)
    {
        int place = entry.Number - 1;
        return place < _first
            ? entry
            : entry with { Name = _names[place], Inputs = entry.Inputs ?? (place > _first ? [_names[place - 1] ?? string.Empty] : null) };
    }

    /// <summary>The name of an input that has none.</summary>
    public string DefaultInput(bool isSequential) =>
        NetworkAssembler.DefaultInput(isSequential, [.. _names.Skip(_first).Select(name => name ?? string.Empty)]);

    /// <summary>What can be known of a layer whatever it is; nothing of what is none, which its reader refuses.</summary>
    private static (string? Class, string? Name, IReadOnlyList<string>? Inputs) Sketch(object? layer)
    {
        (string? className, object? arguments) = layer switch
        {
            string alone => (alone, null),
            OrderedDictionary<string, object?> { Count: 1 } map => (map.GetAt(0).Key, map.GetAt(0).Value),
            _ => (null, null),
        };
        var given = arguments as OrderedDictionary<string, object?>;
        return (
            className,
            given?.GetValueOrDefault("name") as string,
            given?.GetValueOrDefault("inputs") switch
            {
                string one => [one],
                List<object?> list => [.. list.OfType<string>()],
                _ => null,
            });
    }

    private string?[] Names()
    {
        HashSet<string> taken = [.. _layers.Select(layer => layer.Name).OfType<string>()];
        LayerNames counter = new();
        return
        [
            .. _layers.Select((layer, place) =>
                layer.Name
                ?? (layer.Class is null || place < _first ? null : counter.Next(NetworkAssembler.KindOf(layer.Class), taken.Contains))),
        ];
    }

    private HashSet<int> Needed(IReadOnlyList<string> outputs)
    {
        HashSet<int> needed = [.. Enumerable.Range(0, _first)];
        Stack<int> open = new(outputs.Select(Require));
        while (open.TryPop(out int place))
        {
            if (!needed.Add(place))
            {
                continue;
            }

            foreach (int before in _layers[place].Inputs?.Select(name => Array.IndexOf(_names, name)) ?? [place - 1])
            {
                if (before >= _first)
                {
                    open.Push(before);
                }
            }
        }

        return needed;
    }

    private int Require(string name)
    {
        int place = Array.IndexOf(_names, name);
        if (place >= _first)
        {
            return place;
        }

        string[] names = [.. _names.Skip(_first).OfType<string>()];
        throw new QuantException(
            "OutputUnknown",
            QuantErrorKind.InvalidArgument,
            $"The network{_source.Place} has no layer '{DescriptionSource.Shorten(name)}' for -Output.{NearestName.Question(name, names)} Its layers are {Listing.Of(names, name)}.",
            name);
    }
}
