using System.Collections.Concurrent;
using System.Text;
using AkidaQuant.Tests.Vectors;

[assembly: AssemblyFixture(typeof(OnnxReport))]

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// Collects what the tests of ONNX networks measured, line by line under headings, and writes it when the run ends:
/// <c>artifacts/onnx.txt</c>, which <c>.ci/run</c> prints.
/// </summary>
public sealed class OnnxReport : IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _lines = new(StringComparer.Ordinal);

    public void Add(string heading, string line) => _lines.GetOrAdd(heading, _ => []).Add(line);

    /// <summary>A run that measured nothing leaves the report of the last one that did.</summary>
    public void Dispose()
    {
        if (_lines.IsEmpty)
        {
            return;
        }

        StringBuilder text = new();
        foreach ((string heading, ConcurrentBag<string> lines) in _lines.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendLine(heading);
            foreach (string line in lines.Order(StringComparer.Ordinal))
            {
                text.Append("  ").AppendLine(line);
            }
        }

        string folder = Path.Combine(Repository.Root, "artifacts");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "onnx.txt"), text.ToString());
    }
}
