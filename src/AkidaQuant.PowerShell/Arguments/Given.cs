using System.Collections;
using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Devices;
using AkidaQuant.Analysis;

namespace AkidaQuant.PowerShell.Arguments;

/// <summary>Says in words what an argument is, for errors: types are nothing that users typed.</summary>
internal static class Given
{
    // A path or a name; longer texts are what a command printed.
    private const int MostLetters = 260;

    /// <summary>The value without what PowerShell wraps it in.</summary>
    public static object? Unwrap(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    /// <summary>The only element of a list of one, as lists of files often are; otherwise the value itself.</summary>
    public static object? Single(object? value) =>
        value is IList { Count: 1 } list and (Array or ArrayList or List<object>) ? Unwrap(list[0]) : value;

    /// <summary>Whether a text can be a path, and nothing that a command printed.</summary>
    public static bool IsShort(string text) => text.Length is > 0 and <= MostLetters && !text.Contains('\n', StringComparison.Ordinal);

    /// <summary>What the value is, to follow "was given".</summary>
    public static string Describe(object? value) => Printable.Of(InWords(Unwrap(value)));

    /// <summary>Whether a value is a number of any kind.</summary>
    public static bool IsNumber(object? value) =>
        value is IConvertible number and not Enum && number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal;

    /// <summary>
    /// Whether a text, and each of a list, is a number to everybody. PowerShell itself passes over commas, and makes 5 of "0,5".
    /// </summary>
    public static bool IsClear(object? value) => Unwrap(value) switch
    {
        string text => TryRead(text, out _),
        IList list => list.Cast<object?>().All(IsClear),
        _ => true,
    };

    /// <summary>Whether a number, or one of a list, is none that is whole.</summary>
    public static bool HasFraction(object? value) => Unwrap(value) switch
    {
        IList list => list.Cast<object?>().Any(HasFraction),
        string text => TryRead(text, out double number) && number % 1 is not 0,
        double or float or decimal => Convert.ToDouble(Unwrap(value), CultureInfo.InvariantCulture) % 1 is not 0,
        _ => false,
    };

    private static string InWords(object? value) => value switch
    {
        null => "nothing ($null)",
        Model model => $"the {(model.IsQuantized ? "quantized" : "float")} model '{model.Name}'",
        AkidaModel model => $"the Akida model '{model.Name}'",
        AkidaStream stream => $"a stream over '{stream.Model.Name}'",
        AkidaMapping mapping => $"the mapping of '{mapping.Model.Name}'",
        AkidaDevice device => $"the device '{device.Name}'",
        SampleSet samples => $"a set of {samples}",
        Shape shape => $"the shape {shape}",
        Prediction or PotentialPrediction => "a prediction",
        QuantizationParams => "a quantization scheme",
        QuantConfig => "a configuration",
        ModelSummary or AkidaSummary => "a summary",
        ModelMeasurement or QuantErrorReport or LayerWork or AkidaWork => "a measurement",
        bool truth => truth ? "$true" : "$false",
        string text => Describe(text),
        Enum name => $"'{name}'",
        IConvertible number when IsNumber(number) => $"the number {number.ToString(CultureInfo.InvariantCulture)}",
        PathInfo path => $"the path '{path.Path}'",
        DirectoryInfo folder => $"the folder '{folder.Name}'",
        FileInfo file => $"the file '{file.Name}'",
        ScriptBlock => "a script block",
        IDictionary => "a hashtable",
        ICollection { Count: 0 } => "an empty list",
        ICollection list => string.Create(CultureInfo.InvariantCulture, $"a list of {list.Count} objects"),
        PSObject => "an object with properties",
        var other => $"an object of another kind ({Words(other.GetType().Name)})",
    };

    private static bool TryRead(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Describe(string text) =>
        text.Length == 0 ? "an empty text"
        : IsShort(text) ? $"the text '{text}'"
        : string.Create(CultureInfo.InvariantCulture, $"a text of {text.Length} characters");

    private static string Words(string typeName) => string.Concat(
        typeName.TakeWhile(letter => letter != '`').Select((letter, i) =>
            char.IsUpper(letter) && i > 0 ? $" {char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
