using AkidaQuant.Akida.Conversion;
using AkidaQuant.Quantization;

namespace AkidaQuant.Repair;

/// <summary>What would do against the problems of a network: found by repairing it, else by the rule.</summary>
internal sealed class Remedies
{
    private const string Repair = "Repair-QuantModel";

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["AkidaWeightBits"] =
            "Quantize with weights of the bits that the problem names (New-QuantParameter -WeightBits, -InputWeightBits).",
        ["AkidaInnerQuantizer"] = "Give the quantizer that the problem names 8 bits, or remove it, in the configuration (Get-QuantConfig).",
        ["AkidaBufferBits"] = "Make the buffer_bitwidth values that the problem names equal in the configuration (Get-QuantConfig).",
        ["AkidaInputShift"] = "Quantize with per-tensor activations (New-QuantParameter -PerTensorActivations).",
        ["AkidaV1ReluPerAxis"] = "Quantize with per-tensor activations (New-QuantParameter -PerTensorActivations).",
        ["AkidaV1ActivationBits"] = "Quantize with 1, 2 or 4 activation bits (New-QuantParameter -ActivationBits 4).",
        ["AkidaConcatenateBits"] =
            "Give the layers that are joined outputs of the same bits and sign in the configuration (Get-QuantConfig).",
    };

    private readonly HashSet<(string?, string)> _left = [];
    private readonly Dictionary<(string, string), string> _mended = [];
    private readonly bool _isRepaired;
    private readonly bool _isQuantized;

    private Remedies(bool isQuantized, Model? repaired, Judgement? left)
    {
        _isQuantized = isQuantized;
        if (repaired?.Repair is not { } report || left is null)
        {
            return;
        }

        _isRepaired = true;
        _left.UnionWith(left.Problems.Select(problem => (problem.Layer, problem.Rule)));
        foreach (RepairChange change in report.Changes)
        {
            _mended.TryAdd((change.Layer, change.Rule), change.Action);
        }
    }

    /// <summary>What helps a network: its float form is repaired where it has problems.</summary>
    /// <param name="model">The float or quantized model.</param>
    /// <param name="judgement">Its problems.</param>
    /// <param name="options">The version, the scheme and samples.</param>
    public static Remedies For(Model model, Judgement judgement, RepairOptions options)
    {
        if (judgement.Problems.Count == 0)
        {
            return new Remedies(model.IsQuantized, null, null);
        }

        (Model repaired, Judgement left) = Repairer.Run(model.IsQuantized ? Quantizer.FloatSource(model) : model, options);
        return new Remedies(model.IsQuantized, repaired, left);
    }

    /// <summary>What would do against a problem.</summary>
    public string Of(ConversionProblem problem)
    {
        if (problem.Layer is { } layer && _mended.TryGetValue((layer, problem.Rule), out string? action))
        {
            return $"{Subject}: '{layer}' {action}.";
        }

        return _isRepaired && !_left.Contains((problem.Layer, problem.Rule)) ? $"{Subject}."
            : Parameters.GetValueOrDefault(problem.Rule, "Change the network as the problem says.");
    }

    private string Subject => _isQuantized ? $"{Repair} of the float model, then quantize it again" : Repair;
}
