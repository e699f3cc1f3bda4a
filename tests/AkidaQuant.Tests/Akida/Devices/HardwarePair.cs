using AkidaQuant.Akida.Devices;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>A model just inside of a rule and one just outside.</summary>
/// <param name="Rule">The identifier of the rule.</param>
/// <param name="Inside">Breaks no rule.</param>
/// <param name="Outside">Breaks the rule.</param>
internal sealed record HardwarePair(string Rule, AkidaModel Inside, AkidaModel Outside)
{
    /// <summary>The device of the model inside; the usual one of the design where it is null.</summary>
    public AkidaDevice? InsideDevice { get; init; }

    /// <summary>The device of the model outside; the usual one of the design where it is null.</summary>
    public AkidaDevice? OutsideDevice { get; init; }
}
