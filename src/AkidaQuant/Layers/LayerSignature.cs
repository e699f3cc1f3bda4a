namespace AkidaQuant.Layers;

/// <summary>The arguments that a layer class takes, found out by reading a layer of it.</summary>
/// <param name="ClassName">The class name in files, such as <c>Custom&gt;QuantizedConv2D</c>.</param>
/// <param name="Arguments">The arguments: those without a default first, then in the order in which files have them.</param>
public sealed record LayerSignature(string ClassName, IReadOnlyList<LayerArgument> Arguments)
{
    /// <summary>What layers of every class take besides.</summary>
    public static IReadOnlyList<LayerArgument> Common { get; } =
    [
        new("name", LayerArgumentKind.Text, IsRequired: false, null, []),
        new("trainable", LayerArgumentKind.Boolean, IsRequired: false, true, []),
        new("dtype", LayerArgumentKind.Text, IsRequired: false, "float32", []),
    ];

    /// <summary>Reads a layer, giving it what it cannot do without, until it is made.</summary>
    /// <param name="className">The class name in files.</param>
    /// <param name="read">Makes the layer.</param>
    internal static LayerSignature Find(string className, Func<LayerArguments, Layer> read)
    {
        Observer observer = new();
        Dictionary<string, object?> given = new(StringComparer.Ordinal);
        Layer? layer = null;
        while (layer is null)
        {
            observer.Refused = null;
            try
            {
                layer = read(new LayerArguments(className, given) { Observer = observer });
            }
            catch (QuantException) when (observer.Supply(given))
            {
                // Read again with what was missing.
            }
            catch (QuantException)
            {
                break;
            }
        }

        return new LayerSignature(className, observer.List(layer));
    }

    private sealed class Observer : IArgumentObserver
    {
        // What an argument is given that must be something: for most the first of its kind serves, a shape takes a list.
        private static readonly object ListOfOne = new List<object?> { 1L };

        private readonly OrderedDictionary<string, LayerArgumentKind> _kinds = new(StringComparer.Ordinal);
        private readonly Dictionary<string, IReadOnlyList<string>> _choices = new(StringComparer.Ordinal);
        private readonly HashSet<string> _required = new(StringComparer.Ordinal);

        public string? Refused { get; set; }

        public void Ask(string key, LayerArgumentKind kind)
        {
            if (kind != LayerArgumentKind.Any || !_kinds.ContainsKey(key))
            {
                _kinds[key] = kind;
            }
        }

        public void Offer(string key, IEnumerable<string> choices) => _choices[key] = [.. choices];

        public void Refuse(string key) => Refused = key;

        /// <summary>Gives the argument that was refused another value; says whether there was one left.</summary>
        public bool Supply(Dictionary<string, object?> given)
        {
            // Settings that are missing or not whole are refused by the settings themselves.
            string? key = Refused ?? _kinds.FirstOrDefault(asked => asked.Value == LayerArgumentKind.Settings).Key;
            if (key is null)
            {
                return false;
            }

            Ask(key, LayerArgumentKind.Any);
            _required.Add(key);
            object? last = given.GetValueOrDefault(key);
            given[key] = (_kinds[key], last) switch
            {
                (LayerArgumentKind.Text, null) => _choices.GetValueOrDefault(key)?[0] ?? key,
                (LayerArgumentKind.Boolean, null) => true,
                (LayerArgumentKind.Settings, null) => new QuantSettings
                {
                    ["output_quantizer"] = new QuantSettings { ["bitwidth"] = 8, ["axis"] = "per-tensor" },
                },
                (LayerArgumentKind.Text or LayerArgumentKind.Boolean or LayerArgumentKind.Settings, _) => null,
                (_, null) => 1L,
                (_, long) => ListOfOne,
                _ => null,
            };
            return given[key] is not null;
        }

        public IReadOnlyList<LayerArgument> List(Layer? layer)
        {
            OrderedDictionary<string, object?> defaults = new(StringComparer.Ordinal);
            foreach ((string key, object? value) in layer?.Arguments ?? [])
            {
                defaults[key] = value;
            }

            foreach (string key in _kinds.Keys)
            {
                defaults.TryAdd(key, null);
            }

            return
            [
                .. defaults
                    .Select(entry => new LayerArgument(
                        entry.Key,
                        _kinds.TryGetValue(entry.Key, out LayerArgumentKind kind) ? kind : KindOf(entry.Key),
                        _required.Contains(entry.Key),
                        _required.Contains(entry.Key) ? null : entry.Value,
                        _choices.GetValueOrDefault(entry.Key, [])))
                    .OrderByDescending(argument => argument.IsRequired),
            ];
        }

        private static LayerArgumentKind KindOf(string key) =>
            key.EndsWith("_initializer", StringComparison.Ordinal) ? LayerArgumentKind.Initializer : LayerArgumentKind.Any;
    }
}
