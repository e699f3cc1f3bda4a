namespace AkidaQuant.Shell;

/// <summary>The terminal's code for a pair of console colours.</summary>
internal static class ColorCode
{
    private static readonly int[] Codes = [0, 4, 2, 6, 1, 5, 3, 7];

    /// <summary>The escape sequence that sets both colours.</summary>
    public static string Of(ConsoleColor foreground, ConsoleColor background) =>
        FormattableString.Invariant($"\u001b[{Code(foreground, 30)};{Code(background, 40)}m");

    private static int Code(ConsoleColor color, int from)
    {
        // Unknown colours are the terminal's own.
        if (color is < ConsoleColor.Black or > ConsoleColor.White)
        {
            return from + 9;
        }

        bool bright = color >= ConsoleColor.DarkGray && color != ConsoleColor.Gray;
        int index = color switch
        {
            ConsoleColor.Gray => 7,
            ConsoleColor.DarkGray => 0,
            _ => (int)color % 8,
        };
        return Codes[index] + from + (bright ? 60 : 0);
    }
}
