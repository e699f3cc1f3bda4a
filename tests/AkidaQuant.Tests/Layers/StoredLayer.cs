using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Tests.Layers;

/// <summary>Layers as files hold them: a class, arguments and arrays.</summary>
internal static class StoredLayer
{
    /// <summary>A list among arguments.</summary>
    public static object List(params object?[] items) => items;

    /// <summary>The layer "layer" of a class with these arguments.</summary>
    public static T Read<T>(string className, params (string Key, object? Value)[] arguments)
        where T : Layer => Assert.IsType<T>(LayerClasses.Read(className, Arguments("layer", arguments)));

    /// <summary>The arguments are refused by an error that names the layer, the argument and what it must be.</summary>
    public static void Refuses(string className, string key, string expected, params (string Key, object? Value)[] arguments)
    {
        QuantException error = Assert.Throws<QuantException>(() => LayerClasses.Read(className, Arguments("layer", arguments)));
        Assert.Equal(("LayerArgumentInvalid", "layer"), (error.Id, error.Target));
        Assert.Contains($"Layer 'layer': the argument '{key}' must be {expected}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// The layer written and read again is the same, with arrays of these names and shapes; one array too many, or one of another
    /// shape, is refused by an error that names the layer.
    /// </summary>
    public static T AssertReadBack<T>(T layer, params string[] variables)
        where T : Layer
    {
        T read = Assert.IsType<T>(
            LayerClasses.Read(layer.StoredClass, Arguments(layer.Name, [.. layer.Arguments.Select(pair => (pair.Key, pair.Value))])));
        NdArray<float>[] values = [.. layer.Variables.Select(variable => variable.Value)];
        T filled = Assert.IsType<T>(read.WithVariables(values)) with { StoredArguments = layer.StoredArguments };
        Assert.Equal(Text(layer), Text(filled));
        Assert.Equal(PythonJson.ToIndented(Dictionary(layer)), PythonJson.ToIndented(Dictionary(filled)));
        Assert.Equal(variables, filled.Variables.Select(variable => $"{variable.Name} {variable.Value.Shape}"));
        Assert.Equal(values.SelectMany(value => value.Values), filled.Variables.SelectMany(variable => variable.Value.Values));
        AssertRefused("WeightCountMismatch", layer.Name, () => read.WithVariables([.. values, NdArray<float>.Scalar(1f)]));
        return filled;
    }

    /// <summary>Each array of the layer must have its number of axes.</summary>
    public static void AssertShapesChecked(Layer layer)
    {
        NdArray<float>[] values = [.. layer.Variables.Select(variable => variable.Value)];
        Assert.NotEmpty(values);
        for (int i = 0; i < values.Length; i++)
        {
            NdArray<float>[] wrong = [.. values];
            wrong[i] = values[i] with { Shape = values[i].Shape.Prepend(1) };
            AssertRefused("WeightShapeMismatch", layer.Name, () => layer.WithVariables(wrong));
        }
    }

    /// <summary>The numbers in all arrays of a layer, and in those that training changes.</summary>
    public static (int All, int Trainable) Count(Layer layer) => (
        layer.Variables.Sum(variable => variable.Value.Values.Length),
        layer.Variables.Where(variable => variable.Trainable).Sum(variable => variable.Value.Values.Length));

    private static void AssertRefused(string id, string layer, Func<Layer> read)
    {
        QuantException error = Assert.Throws<QuantException>(read);
        Assert.Equal((id, layer), (error.Id, error.Target));
        Assert.Contains($"Layer '{layer}'", error.Message, StringComparison.Ordinal);
    }

    private static LayerArguments Arguments(string name, (string Key, object? Value)[] arguments) =>
        new(name, arguments.ToDictionary(argument => argument.Key, argument => argument.Value));

    private static Dictionary<string, object?> Dictionary(Layer layer) => new(layer.Arguments);

    /// <summary>All properties, but lists by their type only.</summary>
    private static string Text(Layer layer) => layer.ToString();
}
