using System.Collections;
using System.Globalization;

namespace AkidaQuant.Layers.Settings;

/// <summary>What one key of a configuration takes (quantize.md 6.4).</summary>
/// <param name="Expected">The values that it takes, as an error says them.</param>
internal abstract record SettingRule(string Expected)
{
    /// <summary>Reads what was given, a text for a number included; false when the key does not take it.</summary>
    public abstract bool TryRead(object? given, out object? value);

    /// <summary>The whole number that a value is or says; null for none.</summary>
    protected static int? Integer(object? given) => given switch
    {
        int number => number,
        bool or null => null,
        string text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null,
        IConvertible number => Whole(number),
        _ => null,
    };

    private static int? Whole(IConvertible value) =>
        value.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal && value.ToDouble(CultureInfo.InvariantCulture) is var number
        && number is >= int.MinValue and <= int.MaxValue && Math.Floor(number) == number
            ? (int)number
            : null;
}

/// <summary>An integer within bounds.</summary>
internal sealed record IntegerRule(int Least, int Most)
    : SettingRule(string.Create(CultureInfo.InvariantCulture, $"an integer from {Least} to {Most}"))
{
    /// <inheritdoc/>
    public override bool TryRead(object? given, out object? value)
    {
        value = Integer(given);
        return value is int number && number >= Least && number <= Most;
    }
}

/// <summary>True or false.</summary>
internal sealed record SwitchRule() : SettingRule("true or false")
{
    /// <inheritdoc/>
    public override bool TryRead(object? given, out object? value)
    {
        value = given is string text && bool.TryParse(text, out bool parsed) ? parsed : given as bool?;
        return value is not null;
    }
}

/// <summary>The axis of weights that has a range for each of its places, or null for one range.</summary>
internal sealed record WeightAxisRule() : SettingRule("null, -1 or another axis of the weights")
{
    /// <inheritdoc/>
    public override bool TryRead(object? given, out object? value)
    {
        value = Integer(given);
        return given is null || value is >= -4 and <= 3;
    }
}

/// <summary>Whether outputs have a range for each channel.</summary>
internal sealed record OutputAxisRule() : SettingRule($"'{PerTensor}' or '{PerAxis}'")
{
    /// <summary>One range.</summary>
    public const string PerTensor = "per-tensor";

    /// <summary>A range for each channel.</summary>
    public const string PerAxis = "per-axis";

    /// <inheritdoc/>
    public override bool TryRead(object? given, out object? value)
    {
        value = Array.Find([PerTensor, PerAxis], word => word.Equals(given as string, StringComparison.OrdinalIgnoreCase));
        return value is not null;
    }
}

/// <summary>What any of two rules takes, where it is not known yet which one holds.</summary>
internal sealed record EitherRule(SettingRule First, SettingRule Second) : SettingRule($"{First.Expected}, or {Second.Expected}")
{
    /// <inheritdoc/>
    public override bool TryRead(object? given, out object? value) => First.TryRead(given, out value) || Second.TryRead(given, out value);
}

/// <summary>The settings of a quantizer; null or false for none.</summary>
internal sealed record QuantizerRule(SettingKeys Keys) : SettingRule("a dictionary")
{
    /// <inheritdoc/>
    public override bool TryRead(object? given, out object? value)
    {
        value = given;
        return given is null or false or IDictionary;
    }
}
