using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;
using AkidaQuant.Formats.Descriptions;

namespace AkidaQuant.PowerShell;

/// <summary>Reads PowerShell data files (<c>.psd1</c>), whose values are taken as they stand: nothing in them is executed.</summary>
internal static class DataFile
{
    /// <summary>Whether a file of that name is one.</summary>
    public static bool Is(string file) => Path.GetExtension(file).Equals(".psd1", StringComparison.OrdinalIgnoreCase);

    /// <summary>The dictionary in a file.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>NetworkFileInvalid</c>.</exception>
    public static IDictionary Read(string file)
    {
        ScriptBlockAst script = Parser.ParseInput(NetworkReader.ReadText(file), file, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            throw Invalid(file, string.Create(
                CultureInfo.InvariantCulture,
                $"it is not valid in line {errors[0].Extent.StartLineNumber}: {errors[0].Message.TrimEnd('.')}"));
        }

        try
        {
            return script.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)?.SafeGetValue() as IDictionary
                ?? throw Invalid(file, "it holds no dictionary @{ … }");
        }
        catch (InvalidOperationException)
        {
            throw Invalid(file, "it holds commands or variables, and nothing is executed here; write the values themselves");
        }
    }

    private static QuantException Invalid(string file, string problem) =>
        new("NetworkFileInvalid", QuantErrorKind.InvalidData, $"The file '{file}' cannot be read: {problem}. Correct the file.", file);
}
