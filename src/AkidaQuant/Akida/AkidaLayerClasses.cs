using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Akida;

/// <summary>A parameter of a class of Akida layers (akida-model.md 1.2 to 1.5).</summary>
/// <param name="Name">The name, such as <c>KernelSize</c>.</param>
/// <param name="Type">The type of its values; shapes and pairs are given as numbers.</param>
/// <param name="Default">What it is where it is not given; null for one that must be.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="Choices">The names of its values, where it has some.</param>
public sealed record AkidaLayerParameter(string Name, Type Type, object? Default, bool IsRequired, ValueList<string> Choices)
{
    /// <summary>The parameter and its default: <c>KernelStride = 1</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Name}{(IsRequired ? string.Empty : $" = {Default}")}"));
}

/// <summary>The classes of Akida layers with their parameters, found by being there (akida-model.md 1).</summary>
public static class AkidaLayerClasses
{
    private static readonly Lazy<SortedDictionary<string, Type>> Types = new(() => new SortedDictionary<string, Type>(
        typeof(AkidaLayer).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(AkidaLayer)))
            .ToDictionary(type => Default(type).TypeName, type => type),
        StringComparer.OrdinalIgnoreCase));

    private static readonly ConcurrentDictionary<string, ValueList<AkidaLayerParameter>> Known = new(StringComparer.Ordinal);

    /// <summary>The classes, sorted.</summary>
    public static ValueList<string> Names => [.. Types.Value.Keys];

    /// <summary>The class that was meant, whatever the case; null when there is none.</summary>
    public static string? Resolve(string name) =>
        Types.Value.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The type of a class by its exact name; null when there is none.</summary>
    internal static Type? Find(string name) =>
        Types.Value.TryGetValue(name, out Type? type) && Default(type).TypeName == name ? type : null;

    /// <summary>
    /// The parameters of a class in the order of akida-model.md 1.2 to 1.5, those that say how a layer learns last; empty for a class
    /// that is not known.
    /// </summary>
    public static ValueList<AkidaLayerParameter> Parameters(string className) =>
        Resolve(className) is { } known ? Known.GetOrAdd(known, FindParameters) : [];

    /// <summary>The names of the variables of a class; none for a class that is not known.</summary>
    public static ValueList<string> VariableNames(string className) =>
        Resolve(className) is { } known ? [.. Default(Types.Value[known]).VariableRules.Select(rule => rule.Name)] : [];

    /// <summary>Makes a layer.</summary>
    /// <param name="className">The class.</param>
    /// <param name="name">Its name; empty to leave that to the model.</param>
    /// <param name="parameters">The parameters by name: numbers, names of choices or their values, lists of numbers.</param>
    /// <param name="inbounds">The layers that feed it; none to leave that to the model.</param>
    /// <param name="variables">Its variables by name: arrays of their type, or numbers as arrays of float64.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaLayerClassUnknown</c>, <c>AkidaParameterUnknown</c>, <c>AkidaParameterMissing</c>, <c>AkidaParameterInvalid</c>, or a
    /// variable is none that the layer can have.
    /// </exception>
    public static AkidaLayer Create(
        string className,
        string name,
        IReadOnlyDictionary<string, object?> parameters,
        IReadOnlyList<string>? inbounds = null,
        IReadOnlyDictionary<string, object>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        string known = Resolve(className) ?? throw Unknown(
            "AkidaLayerClassUnknown", $"There is no Akida layer '{className}'.", className, Names, "classes");
        AkidaLayer layer = Default(Types.Value[known]) with { Name = name, Inbounds = inbounds ?? [] };
        foreach ((string parameter, _) in parameters)
        {
            if (Parameters(known).All(each => !each.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase)))
            {
                throw Unknown(
                    "AkidaParameterUnknown",
                    $"{layer.Title}: it has no parameter '{parameter}'.",
                    className,
                    Parameters(known).Select(each => each.Name),
                    "parameters");
            }
        }

        AkidaLearning learning = new() { NumWeights = 1 };
        bool learns = false;
        foreach (AkidaLayerParameter parameter in Parameters(known))
        {
            object? given = Given(parameters, parameter.Name);
            if (given is null)
            {
                if (parameter.IsRequired)
                {
                    throw layer.Invalid("AkidaParameterMissing", $"it cannot do without its parameter {parameter.Name}.");
                }
            }
            else if (typeof(AkidaLearning).GetProperty(parameter.Name) is { } how)
            {
                how.SetValue(learning, Value(layer, parameter, given), BindingFlags.DoNotWrapExceptions, null, null, null);
                learns = true;
            }
            else
            {
                layer.GetType().GetProperty(parameter.Name)!
                    .SetValue(layer, Value(layer, parameter, given), BindingFlags.DoNotWrapExceptions, null, null, null);
            }
        }

        return WithVariables(Finished(layer, learns ? learning : null, parameters), variables ?? new Dictionary<string, object>());
    }

    private static AkidaLayer Finished(
        AkidaLayer layer, AkidaLearning? learning, IReadOnlyDictionary<string, object?> parameters) => layer switch
    {
        // Akida 2.0 takes bytes with a sign where a model begins with this layer (akida-model.md 1.2).
        AkidaInputData { InputBits: >= 8 } input when Given(parameters, nameof(input.InputSigned)) is null =>
            input with { InputSigned = true },
        AkidaFullyConnected when learning is not null && Given(parameters, nameof(learning.NumWeights)) is null => throw layer.Invalid(
            "AkidaParameterMissing", "a layer that learns cannot do without its parameter NumWeights, the connections of a neuron."),
        AkidaFullyConnected dense when learning is not null => dense with { Learning = learning },
        _ => layer,
    };

    private static object? Given(IReadOnlyDictionary<string, object?> parameters, string name) =>
        parameters.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && pair.Value is not null).Value;

    private static AkidaLayer WithVariables(AkidaLayer layer, IReadOnlyDictionary<string, object> values)
    {
        AkidaVariables variables = [];
        foreach ((string name, object value) in values)
        {
            variables.Set(name, value is NdArray<double> numbers ? layer.Rule(name, null).Read(layer, numbers) : value);
        }

        AkidaLayer made = layer with { Variables = variables };
        made.Check();
        return made;
    }

    private static AkidaLayer Default(Type type)
    {
        var layer = (AkidaLayer)Activator.CreateInstance(type)!;
        return layer with { Name = string.Empty };
    }

    private static ValueList<AkidaLayerParameter> FindParameters(string className)
    {
        AkidaLayer layer = Default(Types.Value[className]);
        List<PropertyInfo> properties = [.. layer.GetType().GetProperties().Where(property =>
            property.SetMethod is { IsPublic: true } && property.DeclaringType != typeof(AkidaLayer))];
        string[] order = [.. layer.Parameters.Select(parameter => parameter.Key.Replace("_", string.Empty, StringComparison.Ordinal))];
        List<AkidaLayerParameter> parameters = [];
        foreach (PropertyInfo property in properties.OrderBy(property => Place(order, property.Name)))
        {
            parameters.AddRange(property.PropertyType == typeof(AkidaLearning)
                ? property.PropertyType.GetProperties()
                    .Where(part => part.SetMethod is not null)
                    .Select(part => Parameter(part, new AkidaLearning { NumWeights = 1 }, layer) with { IsRequired = false })
                : [Parameter(property, layer, layer)]);
        }

        return [.. parameters];
    }

    private static int Place(string[] order, string property)
    {
        int place = Array.FindIndex(order, name => name.Equals(property, StringComparison.OrdinalIgnoreCase));
        return place < 0 ? order.Length : place;
    }

    private static AkidaLayerParameter Parameter(PropertyInfo property, object owner, AkidaLayer layer)
    {
        bool isRequired = property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));
        Type type = property.PropertyType;
        return new AkidaLayerParameter(
            property.Name,
            type,
            isRequired ? null : property.GetValue(owner),
            isRequired,
            property.Name == nameof(AkidaSpatialLayer.Padding)
                ? layer.Version == AkidaVersion.V1 ? ["Valid", "Same"] : ["Valid", "Same", "SameUpper"]
            : type.IsEnum ? Enum.GetNames(type) : []);
    }

    private static object Value(AkidaLayer layer, AkidaLayerParameter parameter, object given)
    {
        object? value = (given, parameter.Type) switch
        {
            _ when parameter.Type.IsInstanceOfType(given) => given,
            (int[] sizes, var type) when type == typeof(Shape) => new Shape([.. sizes]),
            (int[] and [var both], var type) when type == typeof((int, int)) => (both, both),
            (int[] and [var height, var width], var type) when type == typeof((int, int)) => (height, width),
            (int both, var type) when type == typeof((int, int)) => (both, both),
            (string name, { IsEnum: true } type) when parameter.Choices.Contains(name, StringComparer.OrdinalIgnoreCase) =>
                Enum.Parse(type, name, ignoreCase: true),
            (IConvertible number, var type) when type == typeof(float) => number.ToSingle(CultureInfo.InvariantCulture),
            _ => null,
        };
        return value ?? throw layer.Invalid(
            "AkidaParameterInvalid",
            parameter.Choices.Count > 0
                ? $"its {parameter.Name} must be one of {Listing.Of(parameter.Choices)}, but it is {given}."
                : parameter.Type == typeof((int, int))
                    ? $"its {parameter.Name} must be one or two whole numbers."
                    : $"its {parameter.Name} is not what it must be: {given}.");
    }

    private static QuantException Unknown(string id, string problem, object target, IEnumerable<string> names, string what)
    {
        string word = problem.Split('\'')[^2];
        string advice = NearestName.Question(word, names) is { Length: > 0 } question
            ? question
            : $" The {what} are: {Listing.Of(names, word)}.";
        return new QuantException(id, QuantErrorKind.NotFound, $"{problem}{advice}", target);
    }
}
