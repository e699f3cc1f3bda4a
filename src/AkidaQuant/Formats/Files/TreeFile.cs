using System.Globalization;
using System.Text;
using System.Text.Json;
using AkidaQuant.Text;
using YamlDotNet.Core;

namespace AkidaQuant.Formats.Files;

/// <summary>Reads files of nested dictionaries and lists that people write, in JSON or YAML.</summary>
/// <param name="path">The file.</param>
/// <param name="kind">What such a file is, for errors: <c>description</c>.</param>
/// <param name="invalid">Makes the error of what is wrong with the file, the cause behind it.</param>
internal sealed class TreeFile(string path, string kind, Func<string, Exception?, QuantException> invalid)
{
    private const int MaxBytes = 64 << 20;

    /// <summary>The encoding of such files, which refuses what is no text.</summary>
    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The values in the file.</summary>
    /// <param name="isJson">Whether it is JSON; else it is YAML.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c>, or what the file is not.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public object? Read(bool isJson, CancellationToken cancellation = default)
    {
        string text = ReadText(cancellation);
        try
        {
            return isJson ? PythonJsonReader.Parse(text, cancellation) : YamlTree.Parse(text, cancellation);
        }
        catch (JsonException e)
        {
            throw invalid($"it is not valid JSON{PythonJsonReader.Problem(e)}", e);
        }
        catch (YamlException e)
        {
            throw invalid(
                string.Create(CultureInfo.InvariantCulture, $"it is not valid YAML in line {e.Start.Line} at column {e.Start.Column}"), e);
        }
        catch (FormatException e)
        {
            throw invalid(e.Message, e);
        }
    }

    /// <summary>The text of the file.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c>, or what the file is not.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public string ReadText(CancellationToken cancellation = default)
    {
        byte[] bytes = InputFile.ReadAll(path, cancellation);
        if (bytes.Length > MaxBytes)
        {
            throw invalid($"it has {bytes.Length} bytes, and no {kind} needs more than {MaxBytes}", null);
        }

        try
        {
            using StreamReader reader = new(new MemoryStream(bytes), Utf8);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw invalid("it is not a text in UTF-8", e);
        }
    }
}
