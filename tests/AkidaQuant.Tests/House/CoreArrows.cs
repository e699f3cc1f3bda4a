using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace AkidaQuant.Tests.House;

/// <summary>Which folder of the compiled core uses which, and by what.</summary>
internal static class CoreArrows
{
    private const string Root = "AkidaQuant";

    /// <summary>The uses of each folder by another, as the types on both sides.</summary>
    public static IReadOnlyDictionary<(string From, string To), IReadOnlySet<string>> Read(System.Reflection.Assembly core)
    {
        SortedDictionary<(string From, string To), IReadOnlySet<string>> arrows = [];
        foreach (IType type in new ArchLoader().LoadAssemblies(core).Build().Types)
        {
            foreach (IType target in type.Dependencies.Select(dependency => dependency.Target))
            {
                if (FolderOf(type) is { } from && FolderOf(target) is { } to && from != to)
                {
                    arrows.TryAdd((from, to), new SortedSet<string>(StringComparer.Ordinal));
                    ((SortedSet<string>)arrows[(from, to)]).Add($"{NameOf(type)} uses {NameOf(target)}");
                }
            }
        }

        return arrows;
    }

    /// <summary>The folders of all types.</summary>
    public static IReadOnlySet<string> Folders(System.Reflection.Assembly core) => core.GetTypes()
        .Where(type => type.FullName!.StartsWith($"{Root}.", StringComparison.Ordinal))
        .Select(type => FolderOf(type.FullName!)!).ToHashSet(StringComparer.Ordinal);

    /// <summary>Parameters of generic methods are types of their own, which lie nowhere.</summary>
    private static string? FolderOf(IType type) => type is GenericParameter ? null : FolderOf(type.FullName);

    /// <summary>
    /// The namespace below the root; for a type of the root the folder of the file that declares it; null for types of others.
    /// </summary>
    private static string? FolderOf(string fullName)
    {
        string name = Outermost(fullName);
        int dot = name.LastIndexOf('.');
        return !name.StartsWith($"{Root}.", StringComparison.Ordinal) ? null
            : dot > Root.Length ? name[(Root.Length + 1)..dot].Replace('.', '/')
            : SourceFiles.FolderOf(
                SourceFiles.FileOf(name) ?? throw new InvalidOperationException($"No file of the core declares {name}."));
    }

    private static string NameOf(IType type) => Outermost(type.FullName).Split('.')[^1];

    /// <summary>Without the types within it and without type parameters.</summary>
    private static string Outermost(string fullName) => fullName.Split('+', '/', '`', '<')[0];
}
