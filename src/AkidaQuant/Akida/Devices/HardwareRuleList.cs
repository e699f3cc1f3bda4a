using System.Globalization;

namespace AkidaQuant.Akida.Devices;

/// <summary>Makes the rules of a design.</summary>
/// <param name="ip">The design.</param>
/// <param name="prefix">What identifiers begin with.</param>
/// <param name="source">The section that has the rules.</param>
internal sealed class HardwareRuleList(AkidaIp ip, string prefix, string source)
{
    private readonly List<HardwareRule> _rules = [];

    /// <summary>The rules in their order.</summary>
    public ValueList<HardwareRule> Rules => [.. _rules];

    /// <summary>A number between two bounds.</summary>
    public void Range(
        string id, string[] layers, string subject, Func<HardwareSite, int?> value, int min, int max, string remedy, string? from = null)
    {
        string limit = max == int.MaxValue ? $"{Figure(min)} or more"
            : min == 0 ? $"at most {Figure(max)}"
            : $"{Figure(min)} to {Figure(max)}";
        Add(
            id,
            layers,
            subject,
            limit,
            site => value(site) is { } found && (found < min || found > max) ? new HardwareBreach(Figure(found), remedy) : null,
            from);
    }

    /// <summary>A number that is one of some.</summary>
    public void OneOf(
        string id, string[] layers, string subject, Func<HardwareSite, int?> value, int[] allowed, string remedy, string? from = null) =>
        Add(
            id,
            layers,
            subject,
            string.Join(", ", allowed.Select(Figure)),
            site => value(site) is { } found && !allowed.Contains(found) ? new HardwareBreach(Figure(found), remedy) : null,
            from);

    /// <summary>A square kernel, or two equal strides, of some sizes.</summary>
    public void Square(
        string id, string[] layers, string subject, Func<HardwareWindow, (int Height, int Width)> value, int[] allowed, string remedy) =>
        Add(
            id,
            layers,
            subject,
            string.Join(", ", allowed.Select(size => Figure((size, size)))),
            site => value(site.Window!) is var found && (found.Height != found.Width || !allowed.Contains(found.Height))
                ? new HardwareBreach(Figure(found), remedy)
                : null);

    /// <summary>Any other rule.</summary>
    public void Add(
        string id,
        string[] layers,
        string subject,
        string limit,
        Func<HardwareSite, HardwareBreach?> check,
        string? from = null,
        bool isNote = false) => _rules.Add(new HardwareRule
        {
            Id = prefix + id,
            Ip = ip,
            Layers = [.. layers],
            Subject = subject,
            Limit = limit,
            Source = from ?? source,
            IsNote = isNote,
            Check = check,
        });

    /// <summary>The types of layers that a design has; others belong to another one (akida-model.md 1).</summary>
    public void Types(string[] types, string remedy) => Add(
        "LayerType",
        [],
        "layer type",
        string.Join(", ", types),
        site => types.Contains(site.Layer.TypeName) ? null : new HardwareBreach(site.Layer.TypeName, remedy),
        "akida-model.md 1.1");

    /// <summary>The processor of the first convolution, which devices may be made without (akida-model.md 4.1).</summary>
    public void InputProcessor(string[] layers) => Add(
        "Hrc",
        layers,
        "input convolution (HRC) of the device",
        "1",
        site => site.Device.Hrc > 0 ? null : new HardwareBreach("0", "Take a device with one, or begin the network with InputData."),
        "akida-model.md 4.1");

    /// <summary>A number as text.</summary>
    public static string Figure(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Two sizes as text: <c>3x3</c>.</summary>
    public static string Figure((int Height, int Width) value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.Height}x{value.Width}");
}
