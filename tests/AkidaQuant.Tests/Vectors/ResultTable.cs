using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AkidaQuant.Tests.Vectors;

[assembly: AssemblyFixture(typeof(ResultTable))]

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// Collects what the vector tests compared and writes it as a table when the run ends:
/// <c>artifacts/vectors.txt</c>, which <c>.ci/run</c> prints.
/// </summary>
public sealed class ResultTable : IDisposable
{
    private readonly ConcurrentBag<(string Case, string Level, Comparison Comparison, string Note)> _rows = [];

    public void Add(string name, string level, Comparison comparison, string note = "") => _rows.Add((name, level, comparison, note));

    /// <summary>A run that compared nothing leaves the table of the last one that did.</summary>
    public void Dispose()
    {
        if (_rows.IsEmpty)
        {
            return;
        }

        StringBuilder text = new();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{"case", -32} {"level", -10} {"integers", 10} {"different", 9} {"float32", 8} {"different", 9}  note");
        foreach (
            (string name, string level, Comparison comparison, string note) in _rows
                .OrderBy(row => row.Case, StringComparer.Ordinal)
                .ThenBy(row => row.Level, StringComparer.Ordinal))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{name, -32} {level, -10} {comparison.Compared, 10} {comparison.Different, 9} {comparison.FloatsCompared, 8} {comparison.FloatsDifferent, 9}  {note}");
        }

        string folder = Path.GetFullPath(Path.Combine(VectorCase.Root, "..", "..", "..", "artifacts"));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "vectors.txt"), text.ToString());
    }
}
