using System.Collections;
using System.Collections.Specialized;

namespace AkidaQuant.PowerShell;

/// <summary>
/// A layer as networks are written: a dictionary with one key, the class, whose value holds the arguments, in order. So it is
/// the same as <c>@{ Conv2D = @{ filters = 16; kernel_size = 3 } }</c>.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1010:Generic interface should also be implemented", Justification = "PowerShell takes dictionaries that are not generic.")]
public sealed class LayerDefinition : OrderedDictionary
{
    /// <summary>A layer of a class.</summary>
    /// <param name="className">The class as people write it, such as <c>Conv2D</c>.</param>
    /// <param name="arguments">Its arguments by their names in files.</param>
    public LayerDefinition(string className, OrderedDictionary arguments)
        : base(StringComparer.OrdinalIgnoreCase)
    {
        Class = className;
        Add(className, new ArgumentDictionary(arguments));
    }

    /// <summary>The class.</summary>
    public string Class { get; }

    /// <summary>The name; empty where it is left to the network.</summary>
    public string Name => Convert.ToString(Values["name"], System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty;

    /// <summary>The arguments but for the name, as a text.</summary>
    public string Arguments => string.Join(
        ", ",
        Values.Cast<DictionaryEntry>().Where(entry => !entry.Key.Equals("name")).Select(TextOf));

    private new OrderedDictionary Values => (OrderedDictionary)this[Class]!;

    /// <summary>The class with its arguments: <c>Conv2D: { filters: 16, kernel_size: 3 }</c>.</summary>
    public override string ToString()
    {
        string[] texts = [Arguments, Name.Length > 0 ? $"name: {Name}" : string.Empty];
        string all = string.Join(", ", texts.Where(text => text.Length > 0));
        return Printable.Of(all.Length > 0 ? $"{Class}: {{ {all} }}" : Class);
    }

    private static string TextOf(DictionaryEntry entry) => $"{entry.Key}: {TextOf(entry.Value)}";

    private static string TextOf(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => text,
        IDictionary map => $"{{ {string.Join(", ", map.Cast<DictionaryEntry>().Select(TextOf))} }}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(TextOf))}]",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty,
    };

    // Shown where a layer stands in a cell, entry by entry.
    private sealed class ArgumentDictionary : OrderedDictionary
    {
        public ArgumentDictionary(OrderedDictionary arguments)
            : base(StringComparer.OrdinalIgnoreCase)
        {
            foreach (DictionaryEntry argument in arguments)
            {
                Add(argument.Key, argument.Value);
            }
        }

        public override string ToString() => Printable.Of(string.Join(", ", this.Cast<DictionaryEntry>().Select(TextOf)));
    }
}
