using System.Collections.ObjectModel;
using System.Management.Automation.Host;
using System.Security;

namespace AkidaQuant.Shell;

/// <summary>Writes the streams to the console: errors to standard error, all else to standard output.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    private const char Escape = '\u001b';
    private const string Red = "\u001b[31m";
    private const string Yellow = "\u001b[33m";
    private const string Plain = "\u001b[0m";

    private readonly ProgressBar progress = new();
    private readonly ShellRawUserInterface raw = new();
    private readonly Lock gate = new();

    public override PSHostRawUserInterface RawUI => raw;

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value) => Put(Console.Out, value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        // The host's own default colours come back unchanged when a caller names none.
        bool plain = foregroundColor == raw.ForegroundColor && backgroundColor == raw.BackgroundColor;
        Put(Console.Out, plain ? value : ColorCode.Of(foregroundColor, backgroundColor) + value + Plain);
    }

    public override void WriteLine() => Put(Console.Out, "\n");

    public override void WriteLine(string value) => Put(Console.Out, value + "\n");

    public override void WriteErrorLine(string value) =>
        Put(Console.Error, value.Contains(Escape) ? value + "\n" : Red + value + Plain + "\n");

    public override void WriteWarningLine(string message) => WriteNotice("WARNING: " + message);

    public override void WriteVerboseLine(string message) => WriteNotice("VERBOSE: " + message);

    public override void WriteDebugLine(string message) => WriteNotice("DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (gate)
        {
            progress.Show(record);
        }
    }

    /// <summary>Clears the bar's line for other output; the next record draws it again.</summary>
    public void HideProgress()
    {
        lock (gate)
        {
            progress.Hide();
        }
    }

    /// <summary>Forgets the bar.</summary>
    public void EndProgress()
    {
        lock (gate)
        {
            progress.End();
        }
    }

    public override string ReadLine()
    {
        HideProgress();
        return Console.ReadLine() ?? throw new HostException("An answer was asked for, but the input has ended.");
    }

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace)
            {
                secret.AppendChar(key.KeyChar);
            }
            else if (secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
            }
        }

        WriteLine();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write(field.Name + ": ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteHeading(caption, message);
        string[] labels = [.. choices.Select(choice => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal))];
        string[] keys = [.. choices.Select((choice, index) => KeyOf(choice.Label) ?? labels[index])];
        while (true)
        {
            Write(string.Join("  ", labels.Select((label, index) => $"[{keys[index]}] {label}")) + ": ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            int chosen = Array.FindIndex(keys, key => key.Equals(answer, StringComparison.OrdinalIgnoreCase));
            chosen = chosen >= 0
                ? chosen
                : Array.FindIndex(labels, label => label.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(
            caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options)
    {
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    // The character after the ampersand of a label such as "Yes to &All".
    private static string? KeyOf(string label)
    {
        int mark = label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < label.Length ? label.Substring(mark + 1, 1).ToUpperInvariant() : null;
    }

    private void WriteHeading(string caption, string message)
    {
        foreach (string line in new[] { caption, message }.Where(line => !string.IsNullOrEmpty(line)))
        {
            WriteLine(line);
        }
    }

    private void WriteNotice(string text) =>
        Put(Console.Out, Yellow + text + Plain + "\n");

    private void Put(TextWriter writer, string text)
    {
        lock (gate)
        {
            progress.Hide();

            // A file gets the text without the colours.
            bool redirected = writer == Console.Out ? Console.IsOutputRedirected : Console.IsErrorRedirected;
            writer.Write(GetOutputString(text, supportsVirtualTerminal: !redirected));
        }
    }
}
