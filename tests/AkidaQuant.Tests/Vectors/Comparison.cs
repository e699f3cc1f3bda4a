using AkidaQuant.Execution;
using AkidaQuant.Formats.Npz;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Counts integers that were compared with the reference, and those that differ.</summary>
public sealed class Comparison
{
    private readonly List<string> _differences = [];

    public long Compared { get; private set; }

    public long Different { get; private set; }

    /// <summary>The float32 values compared: scales, ranges and real outputs.</summary>
    public long FloatsCompared { get; private set; }

    public long FloatsDifferent { get; private set; }

    public bool IsExact => Different == 0 && FloatsDifferent == 0 && Compared > 0;

    /// <summary>A few words on the first differences.</summary>
    public string Details => string.Join(Environment.NewLine, _differences);

    public void Integers(string name, ReadOnlySpan<long> actual, ReadOnlySpan<int> expected)
    {
        if (actual.Length != expected.Length)
        {
            Compared += expected.Length;
            Differ(expected.Length, $"{name}: {actual.Length} integers instead of {expected.Length}");
            return;
        }

        long different = 0;
        int first = -1;
        for (int i = 0; i < actual.Length; i++)
        {
            if (actual[i] != expected[i])
            {
                different++;
                first = first < 0 ? i : first;
            }
        }

        Compared += actual.Length;
        if (different > 0)
        {
            Differ(
                different,
                $"{name}: {different} of {actual.Length} differ, the first at {first}: {actual[first]} instead of {expected[first]}");
        }
    }

    /// <summary>Takes over what was compared elsewhere.</summary>
    public void Count(long compared, long different)
    {
        Compared += compared;
        Different += different;
    }

    public void Floats(string name, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        long different = 0;
        if (actual.Length == expected.Length)
        {
            for (int i = 0; i < actual.Length; i++)
            {
                different += actual[i] == expected[i] ? 0 : 1;
            }
        }
        else
        {
            different = expected.Length;
        }

        FloatsCompared += expected.Length;
        FloatsDifferent += different;
        if (different > 0)
        {
            Note($"{name}: {different} of {expected.Length} float32 values differ");
        }
    }

    /// <summary>Compares all that the reference recorded for quantized variables.</summary>
    public void Variables(Model model, IReadOnlyDictionary<string, NpyArray> expected)
    {
        foreach ((string key, NpyArray value) in expected)
        {
            int bar = key.LastIndexOf('|');
            string path = bar < 0 ? key : key[..bar];
            (string layer, string variable) = Split(model, path);
            object? recorded = model.Plan[layer].Prepared.Recorded.FirstOrDefault(pair => pair.Key == variable).Value;
            switch (recorded)
            {
                case null:
                    Compared++;
                    Differ(1, $"{path} was not recorded");
                    break;
                case RecordedTensor tensor:
                    Tensor(key, tensor, key[(bar + 1)..], value);
                    break;
                case NdArray<int> shifts:
                    Integers(key, Array.ConvertAll(shifts.Values, number => (long)number), value.ToInt32().Values);
                    break;
                case NdArray<float> floats:
                    Floats(key, floats.Values, value.ToSingles().Values);
                    break;
            }
        }
    }

    private void Tensor(string key, RecordedTensor tensor, string part, NpyArray value)
    {
        switch (part)
        {
            case "values":
                Integers(key, tensor.Values.Values, value.ToInt32().Values);
                break;
            case "frac_bits":
                Integers(key, Array.ConvertAll(tensor.FracBits.Span.ToArray(), number => (long)number), value.ToInt32().Values);
                break;
            case "value_bits":
                Integers(key, [tensor.ValueBits], value.ToInt32().Values);
                break;
            default:
                Floats(key, tensor.Scales?.Values, value.ToSingles().Values);
                break;
        }
    }

    private static (string Layer, string Variable) Split(Model model, string path)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (model.Find(path[..slash]) is not null)
            {
                return (path[..slash], path[(slash + 1)..]);
            }
        }

        throw new InvalidDataException($"No layer owns the variable '{path}'.");
    }

    private void Differ(long count, string details)
    {
        Different += count;
        Note(details);
    }

    private void Note(string details)
    {
        if (_differences.Count < 12)
        {
            _differences.Add(details);
        }
    }
}
