using AkidaQuant.Analysis;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Says what to do with something that a cmdlet for models was given and does not take.</summary>
internal static class ModelAdvice
{
    private static readonly Dictionary<string, string> Counterparts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Invoke-QuantModel"] = "Invoke-AkidaModel",
        ["Measure-QuantModel"] = "Measure-AkidaModel",
        ["Get-QuantSummary"] = "Get-AkidaSummary",
        ["Invoke-AkidaModel"] = "Invoke-QuantModel",
        ["Measure-AkidaModel"] = "Measure-QuantModel",
        ["Get-AkidaSummary"] = "Get-QuantSummary",
        ["Export-QuantModel"] = "Export-AkidaModel",
        ["Export-AkidaModel"] = "Export-QuantModel",
    };

    /// <summary>The advice of a cmdlet that takes float and quantized models.</summary>
    public static string For(QuantCmdlet cmdlet, string parameter, object? value) => value switch
    {
        SampleSet when parameter != nameof(ModelCmdlet.Model) => "-Sample has samples already: leave out either.",
        AkidaModel when Counterparts.TryGetValue(cmdlet.MyInvocation.MyCommand.Name, out string? other) => $"Use {other} for it.",
        AkidaModel when cmdlet.MyInvocation.MyCommand.Name == "ConvertTo-Akida" => "It is converted already: Invoke-AkidaModel runs it.",
        AkidaModel when cmdlet.MyInvocation.MyCommand.Name == "New-SampleSet" => "Give its shape: -Shape $akida.SampleShape.",
        AkidaModel => "Give the quantized model that it was converted from.",
        _ => Any(cmdlet, value, "Import-QuantModel reads a model."),
    };

    /// <summary>The advice of a cmdlet that takes Akida models.</summary>
    public static string ForAkida(QuantCmdlet cmdlet, object? value) => value switch
    {
        Model model when Counterparts.TryGetValue(cmdlet.MyInvocation.MyCommand.Name, out string? other) =>
            $"Use {other} for it, or {Conversion(model)}.",
        Model model => $"To get one, {Conversion(model)}.",
        AkidaStream when cmdlet.Has("Stream") => "A stream goes to -Stream.",
        AkidaStream => "Give the model of the stream, its Model.",
        _ => Any(cmdlet, value, "ConvertTo-Akida gives one of a quantized model, and Import-AkidaModel reads one."),
    };

    /// <summary>The advice where a model is both typed and piped.</summary>
    public static string Either(QuantCmdlet cmdlet) =>
        cmdlet.Has("Sample") ? "Leave out either; samples are not piped but go to -Sample." : "Leave out either.";

    /// <summary>Where an argument that is one too many at its position belongs; empty where that is not known.</summary>
    public static string Elsewhere(QuantCmdlet cmdlet, object? argument) => (argument as SampleSetOrPath)?.Value switch
    {
        QuantizationParams when cmdlet.Has("Parameter") => " A scheme goes to -Parameter.",
        System.Collections.IDictionary when cmdlet.Has("Config") => " A configuration goes to -Config.",
        _ => string.Empty,
    };

    private static string Conversion(Model model) =>
        model.IsQuantized ? "convert it with ConvertTo-Akida" : "quantize it with Invoke-Quantize and convert it with ConvertTo-Akida";

    private static string Any(QuantCmdlet cmdlet, object? value, string source) => value switch
    {
        null => $"{source} The variable may be empty or misspelled.",
        Prediction or PotentialPrediction or ModelMeasurement or QuantErrorReport or ModelSummary or Akida.AkidaSummary =>
            "Give the model itself instead of what a cmdlet says of it.",
        SampleSet when cmdlet.Has("Sample") => "Give the model first, and samples behind it or as -Sample.",
        System.Collections.IList { Count: > 1 } => $"Pipe several models, as in $models | {cmdlet.MyInvocation.MyCommand.Name}.",
        _ => source,
    };
}
