using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>The TensorFlow functions that networks may call directly, and the layers that do the same (transforms.md 4.2).</summary>
internal static class OperatorFunctions
{
    /// <summary>The function that brings values into bounds.</summary>
    public const string Clip = "clip_by_value";

    private static readonly Dictionary<string, Arithmetic> Arithmetics = new(StringComparer.Ordinal)
    {
        ["math.add"] = Arithmetic.Add,
        ["__operators__.add"] = Arithmetic.Add,
        ["math.subtract"] = Arithmetic.Subtract,
        ["math.multiply"] = Arithmetic.Multiply,
        ["__operators__.multiply"] = Arithmetic.Multiply,
        ["math.divide"] = Arithmetic.Divide,
        ["math.truediv"] = Arithmetic.Divide,
    };

    /// <summary>For each function, the names of its arguments but the first that it may have, and the layer.</summary>
    private static readonly Dictionary<string, (string[] Parameters, Func<TFOpLambda, Shape, Layer?> Layer)> Functions = new(
        StringComparer.Ordinal)
    {
        ["nn.relu"] = ([], (call, _) => new ReLU { Name = call.Name }),
        ["nn.relu6"] = ([], (call, _) => new ReLU { Name = call.Name, MaxValue = 6 }),
        ["nn.tanh"] = ([], (call, _) => new Activation { Name = call.Name, Function = "tanh" }),
        ["math.tanh"] = ([], (call, _) => new Activation { Name = call.Name, Function = "tanh" }),
        ["nn.sigmoid"] = ([], (call, _) => new Activation { Name = call.Name, Function = "sigmoid" }),
        ["math.sigmoid"] = ([], (call, _) => new Activation { Name = call.Name, Function = "sigmoid" }),
        ["nn.softmax"] = (["axis"], (call, _) => call.Number("axis", -1) == -1 ? new Softmax { Name = call.Name } : null),
        ["nn.log_softmax"] = (["axis"], (call, _) =>
            call.Number("axis", -1) == -1 ? new Activation { Name = call.Name, Function = "log_softmax" } : null),
        ["nn.silu"] = (["beta"], (call, _) => call.Number("beta", 1) == 1 ? Table(call, "swish") : null),
        ["nn.gelu"] = (["approximate"], (call, _) => call.Find("approximate")?.Value is null or false ? Table(call, "gelu") : null),
        ["nn.leaky_relu"] = (["alpha"], (call, _) =>
            call.Number("alpha", TableFunction.DefaultAlpha) is { } alpha ? Table(call, "leaky_relu", alpha) : null),
        ["reshape"] = (["shape"], Reshape),
        ["transpose"] = (["perm", "conjugate"], Permute),
        ["compat.v1.transpose"] = (["perm", "conjugate"], Permute),

        // No layer of Keras does these; TFOpLambda computes them.
        [Clip] = (["clip_value_min", "clip_value_max"], (_, _) => null),
        [OperatorSelection.Reverse] = (["axis"], (_, _) => null),
        [SlicingOpLambda.Slice] = (["slice_spec", "var"], (_, _) => null),
    };

    /// <summary>The names of all functions, sorted.</summary>
    public static IEnumerable<string> Names =>
        Arithmetics.Keys.Concat(Functions.Keys).Concat(OperatorMath.Names).Order(StringComparer.Ordinal);

    /// <summary>What a function computes when it is arithmetic of two values; null when it is not.</summary>
    public static Arithmetic? ArithmeticOf(string function) => Arithmetics.TryGetValue(function, out Arithmetic found) ? found : null;

    /// <summary>Whether the function is known, with arguments of these names.</summary>
    public static bool Supports(TFOpLambda call)
    {
        bool isArithmetic = ArithmeticOf(call.Function) is not null;
        string[]? parameters = isArithmetic ? ["y"]
            : OperatorMath.Parameters(call.Function) ?? Functions.GetValueOrDefault(call.Function).Parameters;
        return parameters is not null
            && call.Call.Count > 0 && call.Call[0].Name is null
            && call.InputCount > 0 && (isArithmetic || call.InputCount == 1)
            && call.Call.Skip(1).All(argument => argument.Name == "name" || argument.Name is not null && parameters.Contains(argument.Name))
            && (!isArithmetic || call.Find("y") is not null);
    }

    /// <summary>The layer of the same name that does the same on an input of that shape; null when there is none.</summary>
    public static Layer? Replacement(TFOpLambda call, Shape input)
    {
        if (ArithmeticOf(call.Function) is { } arithmetic)
        {
            return call.InputCount != 2 ? null
                : arithmetic == Arithmetic.Add ? new Add { Name = call.Name }
                : arithmetic == Arithmetic.Multiply ? new Multiply { Name = call.Name } : null;
        }

        return OperatorMath.Parameters(call.Function) is null ? Functions[call.Function].Layer(call, input) : null;
    }

    /// <summary>The error for a function that is not known, or not in the way it is called.</summary>
    public static QuantException NotSupported(TFOpLambda call) =>
        new(
            "OperatorNotSupported",
            QuantErrorKind.NotSupported,
            $"Layer '{call.Name}' ({call.ClassName}): the function tf.{call.Function} is not supported with the arguments ({string.Join(", ", call.Call.Select(Describe))}). "
                + $"Use Keras layers instead, or one of these functions: {string.Join(", ", Names.Select(name => $"tf.{name}"))}.",
            call.Name);

    /// <summary>
    /// The first number of a shape stands for the batch. A shape of as many values as a sample has that does not
    /// start with one is taken as one without batch, as the reference does.
    /// </summary>
    private static Reshape? Reshape(TFOpLambda call, Shape input)
    {
        if (call.Find("shape") is not { IsTensor: false, Value: IReadOnlyList<object?> { Count: > 1 } list }
            || !input.IsKnown
            || !list.All(item => item is long and (-1 or > 0) and <= int.MaxValue))
        {
            return null;
        }

        int[] shape = [.. list.Select(item => (int)(long)item!)];
        int[]? target = shape[0] is Shape.Unknown or 1 && Fits(shape[1..], input) ? shape[1..]
            : shape[0] != Shape.Unknown && Fits(shape, input) ? shape : null;
        return target is null ? null : new Reshape { Name = call.Name, TargetShape = new Shape(target) };
    }

    /// <summary>The batch must stay in front; the reference counts it among the axes of a sample.</summary>
    private static Permute? Permute(TFOpLambda call, Shape input) =>
        call.Find("perm") is { IsTensor: false, Value: IReadOnlyList<object?> { Count: > 1 } list }
        && list[0] is 0L
        && list.Count == input.Rank + 1
        && call.Find("conjugate")?.Value is null or false
        && list.Skip(1).OrderBy(axis => axis as long?).SequenceEqual(Enumerable.Range(1, input.Rank).Select(axis => (object?)(long)axis))
            ? new Permute { Name = call.Name, Dims = [.. list.Skip(1).Select(axis => (int)(long)axis!)] } : null;

    private static TableActivation Table(TFOpLambda call, string function, double alpha = TableFunction.DefaultAlpha) =>
        new() { Name = call.Name, Function = function, Alpha = alpha };

    private static bool Fits(int[] target, Shape input)
    {
        long known = target.Aggregate(1L, (product, size) => size == Shape.Unknown ? product : Math.Min(product * size, int.MaxValue + 1L));
        return target.Count(size => size == Shape.Unknown) switch
        {
            0 => known == input.Size,
            1 => input.Size % known == 0,
            _ => false,
        };
    }

    private static string Describe(OperatorArgument argument) =>
        (argument.Name is null ? string.Empty : $"{argument.Name}: ") + (argument.IsTensor ? "a tensor" : Text(argument.Value));

    private static string Text(object? value) => value switch
    {
        null => "None",
        IReadOnlyList<object?> list => $"[{string.Join(", ", list.Take(8).Select(Text))}{(list.Count > 8 ? ", …" : string.Empty)}]",
        IReadOnlyDictionary<string, object?> map =>
            $"{{{string.Join(", ", map.Take(8).Select(pair => $"{pair.Key}: {Text(pair.Value)}"))}}}",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };
}
