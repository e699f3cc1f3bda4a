using AkidaQuant.Akida;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>The parameters of a class of Akida layers as parameters of a cmdlet.</summary>
internal static class AkidaLayerParameters
{
    /// <summary>A parameter for each; those that must be given can go without their names.</summary>
    public static RuntimeDefinedParameterDictionary Define(string className)
    {
        var parameters = new RuntimeDefinedParameterDictionary();
        int position = 1;
        foreach (AkidaLayerParameter parameter in AkidaLayerClasses.Parameters(className))
        {
            var attribute = new ParameterAttribute { Mandatory = parameter.IsRequired, HelpMessage = Describe(parameter) };
            if (parameter.IsRequired)
            {
                attribute.Position = position++;
            }

            var completer = new ArgumentCompleterAttribute(typeof(Completers.AkidaLayerParameterCompleter));
            parameters.Add(
                parameter.Name,
                new RuntimeDefinedParameter(parameter.Name, typeof(object), [attribute, Transformation(parameter), completer]));
        }

        return parameters;
    }

    /// <summary>The parameters that were given.</summary>
    public static Dictionary<string, object?> Collect(string className, IReadOnlyDictionary<string, object?> given)
    {
        Dictionary<string, object?> collected = new(StringComparer.OrdinalIgnoreCase);
        foreach (AkidaLayerParameter parameter in AkidaLayerClasses.Parameters(className))
        {
            if (given.TryGetValue(parameter.Name, out object? value))
            {
                collected[parameter.Name] = Given.Unwrap(value);
            }
        }

        return collected;
    }

    private static string Describe(AkidaLayerParameter parameter)
    {
        string kind = parameter.Choices.Count > 0 ? string.Join(" or ", parameter.Choices.ToArray())
            : parameter.Type == typeof(bool) ? "true or false"
            : parameter.Type == typeof(int) ? "a whole number"
            : parameter.Type == typeof(float) ? "a number from 0 to 1"
            : parameter.Type == typeof(Shape) ? "three sizes, such as 28, 28, 1"
            : "one or two whole numbers";
        return parameter.IsRequired ? $"{kind}, required" : kind;
    }

    private static ArgumentTransformationAttribute Transformation(AkidaLayerParameter parameter) =>
        parameter.Choices.Count > 0 ? new TakesAttribute(typeof(string), Kinds.Choice)
        : parameter.Type == typeof(bool) ? new TruthAttribute()
        : parameter.Type == typeof(int) ? new TakesAttribute(typeof(int), Kinds.Whole)
        : parameter.Type == typeof(float) ? new TakesAttribute(typeof(double), Kinds.Number)
        : parameter.Type == typeof(Shape) ? new ShapeArgumentAttribute()
        : new TakesAttribute(typeof(int[]), Kinds.Wholes);
}
