using System.Collections.ObjectModel;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Turns what users write for paths into full paths of the file system.</summary>
internal static class FilePaths
{
    /// <summary>The files that a path with wildcards names; a path without any names itself, whether it exists or not.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>: nothing matches, or no such drive; <c>PathNotFileSystem</c>; <c>PathInvalid</c>.
    /// </exception>
    public static IEnumerable<string> Resolve(SessionState session, string path, bool hasLiteral = true)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [Literal(session, path)];
        }

        Collection<string> files = Understand(path, () =>
        {
            try
            {
                Collection<string> found = session.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
                RequireFileSystem(provider, path);
                return found;
            }
            catch (ItemNotFoundException)
            {
                return [];
            }
        });
        return files.Count > 0
            ? files
            : throw new QuantException(
                "FileNotFound",
                QuantErrorKind.NotFound,
                $"No file matches '{path}'. Check the path{(hasLiteral ? "; -LiteralPath takes wildcard characters as they are" : string.Empty)}.",
                path);
    }

    /// <summary>The full path of a file that need not exist; wildcard characters mean themselves.</summary>
    /// <exception cref="QuantException">
    /// <c>PathNotFileSystem</c>, <c>PathInvalid</c>, or <c>FileNotFound</c> for a drive that does not exist.
    /// </exception>
    public static string Literal(SessionState session, string path) => Understand(path, () =>
    {
        string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        RequireFileSystem(provider, path);
        return full;
    });

    /// <summary>
    /// The one file that a value names: a text, wildcards included, or what Get-Item or Resolve-Path gave. Null when it is no path.
    /// </summary>
    /// <exception cref="QuantException">As for <see cref="Resolve"/>; <c>PathAmbiguous</c>: wildcards match several files.</exception>
    public static string? Find(SessionState session, object? value)
    {
        string? path = value switch
        {
            FileSystemInfo item => item.FullName,
            PathInfo info => info.Path,
            string text when Given.IsShort(text) => text,
            _ => null,
        };
        if (path is null || value is not string || !WildcardPattern.ContainsWildcardCharacters(path))
        {
            return path is null ? null : Literal(session, path);
        }

        // There is no -LiteralPath for such a parameter, so a file of that very name comes first.
        if (Literal(session, path) is var literal && System.IO.Path.Exists(literal))
        {
            return literal;
        }

        string[] files = [.. Resolve(session, path, hasLiteral: false)];
        return files.Length == 1 ? files[0] : throw Ambiguous(path, files.Length, "Give the path of one.");
    }

    /// <summary>The error of wildcards that match several files where one is wanted.</summary>
    public static QuantException Ambiguous(string path, int count, string advice) =>
        new("PathAmbiguous", QuantErrorKind.InvalidArgument, $"The path '{path}' names {count} files. {advice}", path);

    // The engine's own errors about paths would end the command, and have other ids with wildcards than without.
    private static T Understand<T>(string path, Func<T> resolve)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(path.Replace('\0', '?'), null);
        }

        try
        {
            return resolve();
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            string what = e is ProviderNotFoundException ? "provider" : "drive";
            throw new QuantException(
                "FileNotFound",
                QuantErrorKind.NotFound,
                $"The file '{path}' does not exist: there is no such {what}. Check the part of the path before the colon.",
                path,
                e);
        }
        catch (Exception e)
            when (e is ProviderInvocationException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw Invalid(path, e);
        }
    }

    private static QuantException Invalid(string path, Exception? inner) =>
        new("PathInvalid", QuantErrorKind.InvalidArgument, $"The path '{path}' is not one of a file. Check its characters.", path, inner);

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name != "FileSystem")
        {
            throw new QuantException(
                "PathNotFileSystem",
                QuantErrorKind.InvalidArgument,
                $"The path '{path}' belongs to the provider '{provider.Name}'. Give the path of a file.",
                path);
        }
    }
}
