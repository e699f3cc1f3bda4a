using System.Reflection;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>Makes a layer of what a manifest says of it, without its variables.</summary>
internal static class ParameterReader
{
    private const int MostShown = 100;

    /// <summary>The layer.</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaLayerClassUnknown</c>; <c>AkidaParameterInvalid</c>: a parameter is missing, is none of its class, or of another kind;
    /// <c>AkidaFileInvalid</c>.
    /// </exception>
    public static AkidaLayer Read(ManifestMap layer)
    {
        string name = layer.Text("name");
        string className = layer.Text("class");
        Type type = AkidaLayerClasses.Find(className) ?? throw new QuantException(
            "AkidaLayerClassUnknown",
            QuantErrorKind.NotSupported,
            $"The layer '{name}' in the file '{layer.Path}' is of the unknown class '{className}'. There are {Listing.Of(AkidaLayerClasses.Names, className)}; read the file with a newer AkidaQuant.",
            name);
        AkidaLayer made = (AkidaLayer)Fill(LayerParameters.Create(type), layer.Value("parameters"), layer, name);
        return made with { Name = name, Inbounds = layer.Texts("inbounds") };
    }

    private static object Fill(object owner, object? value, ManifestMap layer, string name)
    {
        LayerParameter[] parameters = LayerParameters.Of(owner.GetType());
        PythonMap map = value as PythonMap ?? throw layer.Invalid("has parameters that are no dictionary");
        if (map.Keys.FirstOrDefault(key => !Array.Exists(parameters, parameter => parameter.Name == key)) is { } unknown)
        {
            throw Invalid(layer, name, $"'{unknown}', which its class does not have");
        }

        foreach (LayerParameter parameter in parameters)
        {
            if (map.TryGetValue(parameter.Name, out object? given))
            {
                object? converted = Convert(parameter, given, layer, name);
                parameter.Property.SetValue(owner, converted, BindingFlags.DoNotWrapExceptions, null, null, null);
            }
            else if (parameter.IsRequired)
            {
                throw Invalid(layer, name, $"'{parameter.Name}', which is missing");
            }
        }

        return owner;
    }

    private static object? Convert(LayerParameter parameter, object? given, ManifestMap layer, string name)
    {
        Type type = parameter.Property.PropertyType;
        return given switch
        {
            long number when type == typeof(int) && number == (int)number => (int)number,
            bool flag when type == typeof(bool) => flag,
            double number when type == typeof(float) => (float)number,
            long number when type == typeof(float) => (float)number,
            string text when type.IsEnum && Enum.GetNames(type).Contains(text) => Enum.Parse(type, text),
            PythonList when type == typeof(Shape) && ManifestMap.Whole(given) is { Length: > 0 } sizes => new Shape(sizes),
            PythonList when type == typeof((int, int)) && ManifestMap.Whole(given) is [var rows, var columns] => (rows, columns),
            null when LayerParameters.IsGroup(type) => null,
            PythonMap when LayerParameters.IsGroup(type) => Fill(LayerParameters.Create(type), given, layer, name),
            _ => throw Invalid(layer, name, $"'{parameter.Name}', which cannot be {Shown(given)}"),
        };
    }

    private static string Shown(object? given) =>
        PythonJson.ToLine(given) is var text && text.Length > MostShown ? $"{text[..MostShown]}…" : text;

    private static QuantException Invalid(ManifestMap layer, string name, string problem) => new(
        "AkidaParameterInvalid",
        QuantErrorKind.InvalidData,
        $"The layer '{name}' ({layer.Text("class")}) in the file '{layer.Path}' has a wrong parameter: {problem}. Write the model again with Export-AkidaModel.",
        name);
}
