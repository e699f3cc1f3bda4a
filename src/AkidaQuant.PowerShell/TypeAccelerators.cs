using System.Reflection;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Makes type literals such as <c>[AkidaQuant.Model]</c> work: the engine looks for types in the default load
/// context only, but asks its table of accelerators first.
/// </summary>
internal static class TypeAccelerators
{
    private static readonly Type Table =
        typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators", throwOnError: true)!;

    private static readonly List<string> Added = [];

    /// <summary>Registers the public types of <paramref name="assembly"/> under their full names.</summary>
    public static void Add(Assembly assembly)
    {
        MethodInfo add = Table.GetMethod("Add", [typeof(string), typeof(Type)])!;
        var present = (IDictionary<string, Type>)Table.GetProperty("Get")!.GetValue(null)!;
        foreach (Type type in assembly.GetExportedTypes())
        {
            if (!type.IsNested && !type.IsGenericTypeDefinition && !present.ContainsKey(type.FullName!))
            {
                add.Invoke(null, [type.FullName, type]);
                Added.Add(type.FullName!);
            }
        }
    }

    /// <summary>Removes what <see cref="Add"/> registered.</summary>
    public static void Remove()
    {
        MethodInfo remove = Table.GetMethod("Remove", [typeof(string)])!;
        foreach (string name in Added)
        {
            remove.Invoke(null, [name]);
        }

        Added.Clear();
    }
}
