using System.Globalization;

namespace AkidaQuant.Models;

/// <summary>
/// Automatic names of layers as Keras counts them: <c>dequantizer</c>, <c>dequantizer_1</c>, … (quantize.md 16).
/// A fresh instance starts at the first, so that results do not depend on what ran before.
/// </summary>
public sealed class LayerNames
{
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>Continues a count: the next name of that kind gets the number <paramref name="number"/>, 0 for none.</summary>
    public LayerNames StartAt(string kind, int number)
    {
        _next[kind] = number;
        return this;
    }

    /// <summary>The next name of that kind that no layer of the model has.</summary>
    public string Next(string kind, Func<string, bool> isTaken)
    {
        while (true)
        {
            int number = _next.GetValueOrDefault(kind);
            _next[kind] = number + 1;
            string name = number == 0 ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind}_{number}");
            if (!isTaken(name))
            {
                return name;
            }
        }
    }

    /// <summary>The same name without using it up: as long as no layer takes it, it comes again.</summary>
    public string Peek(string kind, Func<string, bool> isTaken)
    {
        string name = Next(kind, isTaken);
        _next[kind]--;
        return name;
    }
}
