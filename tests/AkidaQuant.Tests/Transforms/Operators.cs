using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Makes calls of TensorFlow functions as files hold them.</summary>
internal static class Operators
{
    /// <summary>Stands for a tensor among the arguments.</summary>
    public static readonly object Tensor = new();

    /// <summary>A function called with a tensor first, then arguments by name.</summary>
    public static TFOpLambda Call(string name, string function, params (string Name, object? Value)[] arguments) =>
        CallOn(Tensor, name, function, arguments);

    /// <summary>A function called with any first argument.</summary>
    public static TFOpLambda CallOn(object? first, string name, string function, params (string Name, object? Value)[] arguments)
    {
        OperatorArgument[] call = [Argument(null, first), .. arguments.Select(argument => Argument(argument.Name, argument.Value))];
        return TFOpLambda.Read(new LayerArguments(name, new Dictionary<string, object?> { ["function"] = function, ["call"] = call }));
    }

    private static OperatorArgument Argument(string? name, object? value) =>
        ReferenceEquals(value, Tensor) ? new OperatorArgument(name, IsTensor: true) : new OperatorArgument(name, IsTensor: false, value);
}
