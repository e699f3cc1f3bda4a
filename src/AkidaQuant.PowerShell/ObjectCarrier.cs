using AkidaQuant.Formats.Objects;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Gives PowerShell's serializer what an object of the core is made of, and makes such an object again of what arrived. The serializer
/// asks on threads without a runspace, so that the type table refers to this method and not to a script.
/// </summary>
public static class ObjectCarrier
{
    /// <summary>The property that carries the bytes.</summary>
    internal const string Property = "AkidaQuantContent";

    private const string Prefix = "Deserialized.";

    // Texts, because a field of types of the core could not be filled before these are found.
    private static readonly string[] Travelling =
    [
        $"{Prefix}AkidaQuant.Model",
        $"{Prefix}AkidaQuant.AkidaModel",
        $"{Prefix}AkidaQuant.SampleSet",
        $"{Prefix}AkidaQuant.QuantizationParams",
    ];

    /// <summary>The bytes of an object; a text that says why where there are none.</summary>
    public static object Content(PSObject instance)
    {
        try
        {
            return ObjectBytes.Write(instance.BaseObject);
        }
        catch (QuantException e)
        {
            // An error here would be swallowed: it is shown where the object is used.
            return e.Message;
        }
    }

    /// <summary>Whether something came from another process, is not itself again, and can become an object of a type.</summary>
    internal static bool HasArrived(object? value, Type type) =>
        value is PSObject arrived
        && (type == typeof(ArrivedObject) || arrived.TypeNames.Contains(Prefix + type.FullName, StringComparer.Ordinal));

    /// <summary>The value itself; an object of this module that came from another process is made itself again.</summary>
    /// <exception cref="QuantException">It came without its content, or the content is not that of such an object.</exception>
    internal static object? Restored(object? value) =>
        value is PSObject { TypeNames: [var name, ..] } arrived && Travelling.Contains(name)
            ? Unpack(arrived, typeof(ArrivedObject))
            : value;

    /// <summary>The object that arrived, itself again.</summary>
    /// <exception cref="QuantException">It came without its content, or the content is not that of such an object.</exception>
    internal static object Unpack(PSObject arrived, Type type)
    {
        object? content = arrived.Properties[Property]?.Value;
        object? value = content is PSObject wrapped ? wrapped.BaseObject : content;
        object result = value switch
        {
            byte[] bytes => ObjectBytes.Read(bytes),
            string problem => throw Incomplete(arrived, problem),
            _ => throw Incomplete(
                arrived,
                "Its content is missing. Load AkidaQuant in the session that sends it, with Import-Module, and send the object itself."),
        };
        return type == typeof(ArrivedObject) || type.IsInstanceOfType(result)
            ? result
            : throw Incomplete(arrived, "Its content is that of another object. Send it again.");
    }

    private static QuantException Incomplete(PSObject arrived, string problem) =>
        new("ObjectIncomplete", QuantErrorKind.InvalidData, $"'{arrived}' did not arrive whole from another process. {problem}", arrived);
}
