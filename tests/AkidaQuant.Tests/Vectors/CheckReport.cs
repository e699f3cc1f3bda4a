using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AkidaQuant.Tests.Vectors;

[assembly: AssemblyFixture(typeof(CheckReport))]

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// Collects what the check of quantized models said and writes it when the run ends: <c>artifacts/checks.txt</c>, which
/// <c>.ci/run</c> prints.
/// </summary>
public sealed class CheckReport : IDisposable
{
    private readonly ConcurrentBag<(string Case, QuantCheck Check)> _rows = [];

    /// <summary>Takes the check of a model, and holds its warnings against it: one where outputs are damaged, else none.</summary>
    public void Add(string name, Model model, IReadOnlyCollection<string> warnings)
    {
        QuantCheck check = Assert.IsType<QuantCheck>(model.Check);
        _rows.Add((name, check));
        string[] said = [.. warnings.Where(warning => warning.Contains("float network", StringComparison.Ordinal))];
        if (check.Cosine < 0.98)
        {
            Assert.Equal(check.Warning, Assert.Single(said));
            Assert.NotEqual(DamageCause.None, check.Cause);
            Assert.NotNull(model.Find(check.Begins!));
        }
        else
        {
            Assert.Empty(said);
            Assert.Null(check.Warning);
            Assert.Equal(DamageCause.None, check.Cause);
        }
    }

    /// <summary>A run that checked nothing leaves the table of the last one that did.</summary>
    public void Dispose()
    {
        if (_rows.IsEmpty)
        {
            return;
        }

        StringBuilder text = new();
        foreach ((string name, QuantCheck check) in _rows.DistinctBy(row => row.Case).OrderBy(row => row.Case, StringComparer.Ordinal))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{name, -48} cosine {check.Cosine:0.0000} relative error {check.RelativeError:0.0000} {check.SignalToNoise,6:0.0} dB with {check.Count,2} samples");
            if (check.Warning is { } warning)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"    {warning}");
            }
        }

        Directory.CreateDirectory(Repository.PathOf("artifacts"));
        File.WriteAllText(Repository.PathOf("artifacts/checks.txt"), text.ToString());
    }
}
