using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell;

/// <summary>Reads PowerShell data files (<c>.psd1</c>), whose values are taken as they stand: nothing in them is executed.</summary>
internal static class DataFile
{
    private const long MaxBytes = 64 << 20;

    /// <summary>Whether a file of that name is one.</summary>
    public static bool Is(string file) => Path.GetExtension(file).Equals(".psd1", StringComparison.OrdinalIgnoreCase);

    /// <summary>The dictionary in a file.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>NetworkFileInvalid</c>.</exception>
    public static IDictionary Read(string file)
    {
        ScriptBlockAst script = Parser.ParseInput(Text(file), file, out _, out ParseError[] errors);
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

    private static string Text(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxBytes
                ? File.ReadAllText(file)
                : throw Invalid(file, $"it has more than {MaxBytes} bytes, and no description needs more");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new QuantException(
                "FileNotFound", QuantErrorKind.NotFound, $"The file '{file}' does not exist. Check the path.", file, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(
                "FileUnreadable", QuantErrorKind.File, $"The file '{file}' cannot be read. Check its permissions.", file, e);
        }
    }

    private static QuantException Invalid(string file, string problem) =>
        new("NetworkFileInvalid", QuantErrorKind.InvalidData, $"The file '{file}' cannot be read: {problem}. Correct the file.", file);
}
