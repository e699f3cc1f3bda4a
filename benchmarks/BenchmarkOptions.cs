using AkidaQuant.Benchmarks.Networks;

namespace AkidaQuant.Benchmarks;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>How the command is used.</summary>
    public const string Usage =
        """
        dotnet run -c Release --project benchmarks -- [part ...] [--networks <folder>] [--only <network>] [--quick]

        Parts: networks, calibration, memory, start, linear, equality, kernels; all when none is named.
          --networks <folder>   where the networks lie that are compared with ONNX Runtime; benchmarks/networks without it
          --only <network>      one of these networks only
          --quick               shorter measurements, whose results are printed and not kept
        """;

    /// <summary>The parts to run; none for all.</summary>
    public IReadOnlyList<string> Parts { get; private init; } = [];

    /// <summary>The folder of the networks that are compared with ONNX Runtime.</summary>
    public string NetworkFolder { get; private init; } = Repository.PathOf("benchmarks/networks");

    /// <summary>The only one of these networks to measure; null for all.</summary>
    public string? OnlyNetwork { get; private init; }

    /// <summary>Whether short measurements will do, whose results are not kept.</summary>
    public bool IsQuick { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">There is one that is not known, or one has no value.</exception>
    public static BenchmarkOptions Read(IReadOnlyList<string> arguments)
    {
        BenchmarkOptions options = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--networks" => options with { NetworkFolder = Path.GetFullPath(Value()) },
                "--only" => options with { OnlyNetwork = Network(Value()) },
                "--quick" => options with { IsQuick = true },
                { } part when !part.StartsWith('-') => options with { Parts = [.. options.Parts, part] },
                { } other => throw new ArgumentException($"There is no option {other}."),
            };

            string Value() =>
                ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
        }

        return options;
    }

    private static string Network(string name) =>
        BenchNetwork.IsKnown(name) ? name : throw new ArgumentException($"There is no network {name}.");
}
