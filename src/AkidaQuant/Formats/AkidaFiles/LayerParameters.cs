using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>A parameter of a layer, or of what it learns by.</summary>
/// <param name="Name">Its name in files, as akida-model.md 1.2 to 1.5 write such names: <c>kernel_size</c>.</param>
/// <param name="Property">The property.</param>
/// <param name="IsRequired">Whether it has no default.</param>
internal sealed record LayerParameter(string Name, PropertyInfo Property, bool IsRequired);

/// <summary>The parameters of layers as files have them: the properties that can be set.</summary>
internal static class LayerParameters
{
    private static readonly string[] Others = [nameof(AkidaLayer.Name), nameof(AkidaLayer.Inbounds), nameof(AkidaLayer.Variables)];

    private static readonly ConcurrentDictionary<Type, LayerParameter[]> Known = new();

    /// <summary>The parameters of a layer, or of what a parameter consists of, by name.</summary>
    public static LayerParameter[] Of(Type type) => Known.GetOrAdd(type, Read);

    /// <summary>A layer, or what a parameter consists of, with the defaults of its class.</summary>
    public static object Create(Type type) => Activator.CreateInstance(type)!;

    /// <summary>Whether a parameter of that type consists of parameters of its own.</summary>
    public static bool IsGroup(Type type) =>
        type is { IsClass: true, IsAbstract: false, Namespace: var name } && name == typeof(AkidaLayer).Namespace
        && type.Assembly == typeof(AkidaLayer).Assembly;

    private static LayerParameter[] Read(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0
                && !(type.IsAssignableTo(typeof(AkidaLayer)) && Others.Contains(property.Name)))
            .Select(property => new LayerParameter(
                InFiles(property.Name), property, property.IsDefined(typeof(RequiredMemberAttribute), inherit: true)))
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal),
    ];

    private static string InFiles(string property)
    {
        StringBuilder name = new();
        foreach (char letter in property)
        {
            name.Append(char.IsUpper(letter) && name.Length > 0 ? "_" : string.Empty).Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}
