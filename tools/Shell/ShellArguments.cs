namespace AkidaQuant.Shell;

/// <summary>What the shell was asked to run.</summary>
internal sealed record ShellArguments
{
    public const string Usage =
        """
        Usage: AkidaQuant.Shell [[-File] script.ps1 [arguments]] | -Command text
        Without arguments it opens a prompt.
        """;

    /// <summary>The script file to run.</summary>
    public string? Script { get; private init; }

    /// <summary>The text to run.</summary>
    public string? Command { get; private init; }

    /// <summary>The script's own arguments.</summary>
    public IReadOnlyList<string> Rest { get; private init; } = [];

    /// <summary>The arguments understood, or null when they are not.</summary>
    public static ShellArguments? Parse(string[] args) => args switch
    {
        [] => new ShellArguments(),
        [var option, var script, .. var rest] when Is(option, "-File") => new ShellArguments { Script = script, Rest = rest },
        [var option, var first, .. var rest] when Is(option, "-Command") =>
            new ShellArguments { Command = string.Join(' ', [first, .. rest]) },
        [['-', ..], ..] => null,
        [var script, .. var rest] => new ShellArguments { Script = script, Rest = rest },
    };

    private static bool Is(string option, string name) =>
        option.Length > 1 && name.StartsWith(option, StringComparison.OrdinalIgnoreCase);
}
