using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using AkidaQuant.Layers;

namespace AkidaQuant.PowerShell;

/// <summary>The arguments of a layer class as parameters of a cmdlet.</summary>
internal static class LayerParameters
{
    private const string Inputs = "inputs";

    /// <summary>The class that was meant, whatever the case, as people write it; the word itself when there is none.</summary>
    public static string ClassName(string word) =>
        LayerClasses.ShortNames.FirstOrDefault(name => name.Equals(word, StringComparison.OrdinalIgnoreCase))
        ?? (LayerClasses.Resolve(word) is { } stored ? LayerClasses.ShortNameOf(stored) : word);

    /// <summary>What layers of a class take; nothing for a class that is not known.</summary>
    public static IReadOnlyList<LayerArgument> Arguments(string className) => LayerClasses.Signature(ClassName(className)) is { } signature
        ? [.. signature.Arguments.Concat(LayerSignature.Common).Append(OfInputs).DistinctBy(argument => argument.Name)]
        : [];

    /// <summary>A parameter for each argument; those that must be given can go without their names.</summary>
    public static RuntimeDefinedParameterDictionary Define(string className)
    {
        var parameters = new RuntimeDefinedParameterDictionary();
        int position = 1;
        foreach (LayerArgument argument in Arguments(className))
        {
            var attribute = new ParameterAttribute { Mandatory = argument.IsRequired, HelpMessage = Describe(argument) };
            if (argument.IsRequired)
            {
                attribute.Position = position++;
            }

            var parameter = new RuntimeDefinedParameter(argument.Name, typeof(object), [attribute, new AllowNullAttribute()]);
            string name = Pascal(argument.Name);
            if (!name.Equals(argument.Name, StringComparison.OrdinalIgnoreCase))
            {
                parameter.Attributes.Add(new AliasAttribute(name));
            }

            parameter.Attributes.Add(new ArgumentCompleterAttribute(typeof(Completers.LayerArgumentCompleter)));
            parameters.Add(argument.Name, parameter);
        }

        return parameters;
    }

    /// <summary>The arguments that were given, in the order of the class, in the form that networks hold.</summary>
    public static OrderedDictionary Collect(string className, IReadOnlyDictionary<string, object?> given)
    {
        var arguments = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (LayerArgument argument in Arguments(className))
        {
            if (given.TryGetValue(argument.Name, out object? value))
            {
                arguments[argument.Name] = Plain(value, argument.Kind);
            }
        }

        return arguments;
    }

    private static LayerArgument OfInputs { get; } = new(Inputs, LayerArgumentKind.Text, IsRequired: false, null, []);

    private static string Describe(LayerArgument argument)
    {
        string kind = argument.Kind switch
        {
            LayerArgumentKind.Integer => "an integer",
            LayerArgumentKind.Number => "a number",
            LayerArgumentKind.Boolean => "true or false",
            LayerArgumentKind.Text when argument.Name == Inputs => "the layers that feed it",
            LayerArgumentKind.Text => argument.Choices.Count is > 0 and < 6 ? string.Join(" or ", argument.Choices) : "a text",
            LayerArgumentKind.Integers => "one or more integers",
            LayerArgumentKind.Numbers => "one or more numbers",
            LayerArgumentKind.Initializer => "an initializer",
            LayerArgumentKind.Settings => "settings of quantizers",
            _ => "a value",
        };
        return argument.IsRequired ? $"{kind}, required" : kind;
    }

    private static string Pascal(string name) =>
        string.Concat(name.Split('_').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    // Numbers may come as texts, as from a table or an argument of a script.
    private static object? Plain(object? value, LayerArgumentKind kind)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return (plain, kind) switch
        {
            (SwitchParameter flag, _) => flag.ToBool(),
            (string { Length: 0 }, not LayerArgumentKind.Any) => null,
            (
                string text,
                LayerArgumentKind.Integer or LayerArgumentKind.Integers or LayerArgumentKind.Number or LayerArgumentKind.Numbers
            ) => Number(text),
            (string text, LayerArgumentKind.Boolean) => bool.TryParse(text, out bool flag) ? flag : text,
            (string or IDictionary, _) => plain,
            (IEnumerable list, _) => list.Cast<object?>().Select(item => Plain(item, kind)).ToArray(),
            _ => plain,
        };
    }

    private static object Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? integer
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
        : text;
}
