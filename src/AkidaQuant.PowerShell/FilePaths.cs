using System.Collections.ObjectModel;

namespace AkidaQuant.PowerShell;

/// <summary>Turns what users write for paths into full paths of the file system.</summary>
internal static class FilePaths
{
    /// <summary>The files that a path with wildcards names; a path without any names itself, whether it exists or not.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>: nothing matches; <c>PathNotFileSystem</c>.</exception>
    public static IEnumerable<string> Resolve(SessionState session, string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [Literal(session, path)];
        }

        Collection<string> files;
        try
        {
            files = session.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            RequireFileSystem(provider, path);
        }
        catch (ItemNotFoundException)
        {
            files = [];
        }

        return files.Count > 0 ? files : throw new QuantException(
            "FileNotFound", QuantErrorKind.NotFound, $"No file matches '{path}'. Check the path; -LiteralPath takes wildcard characters as they are.", path);
    }

    /// <summary>The full path of a file that need not exist; wildcard characters mean themselves.</summary>
    /// <exception cref="QuantException"><c>PathNotFileSystem</c>, or <c>FileNotFound</c> for a drive that does not exist.</exception>
    public static string Literal(SessionState session, string path)
    {
        try
        {
            string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            RequireFileSystem(provider, path);
            return full;
        }
        catch (System.Management.Automation.DriveNotFoundException e)
        {
            throw new QuantException("FileNotFound", QuantErrorKind.NotFound, $"The file '{path}' does not exist: there is no such drive.", path, e);
        }
    }

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name != "FileSystem")
        {
            throw new QuantException(
                "PathNotFileSystem", QuantErrorKind.InvalidArgument, $"The path '{path}' belongs to the provider '{provider.Name}'. Give the path of a file.", path);
        }
    }
}
