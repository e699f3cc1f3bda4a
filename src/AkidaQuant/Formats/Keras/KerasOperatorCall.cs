using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// The call of an operator as the model JSON holds it (tools.md 6.2): its first argument, a tensor or a constant,
/// and the others by name.
/// </summary>
/// <param name="Arguments">The arguments.</param>
/// <param name="Tensors">What the tensors among them refer to: name, node and tensor each.</param>
internal sealed record KerasOperatorCall(IReadOnlyList<OperatorArgument> Arguments, IReadOnlyList<IReadOnlyList<object?>> Tensors)
{
    /// <summary>Stands for the name of a layer where the first argument is a constant.</summary>
    private const string Constant = "_CONSTANT_VALUE";

    /// <summary>Reads a call, which is not wrapped in a list unless its first argument is one; null when it is not one.</summary>
    public static KerasOperatorCall? Read(object? value)
    {
        IReadOnlyList<IReadOnlyList<object?>> entries = value switch
        {
            IReadOnlyList<object?> list when list is [string, ..] => [list],
            IReadOnlyList<object?> list when list.All(entry => entry is IReadOnlyList<object?>) => [.. list.Cast<IReadOnlyList<object?>>()],
            _ => [],
        };
        List<OperatorArgument> arguments = [];
        List<IReadOnlyList<object?>> tensors = [];
        foreach (IReadOnlyList<object?> entry in entries)
        {
            if (entry is [Constant, _, var constant, ..])
            {
                arguments.Add(new OperatorArgument(null, IsTensor: false, constant));
            }
            else if (IsTensor(entry))
            {
                arguments.Add(new OperatorArgument(null, IsTensor: true));
                tensors.Add([entry[0], entry[1], entry[2]]);
            }
            else
            {
                return null;
            }
        }

        IReadOnlyDictionary<string, object?>? named =
            entries.Count > 0 && entries[0].Count > 3 ? entries[0][3] as IReadOnlyDictionary<string, object?> : null;
        foreach ((string name, object? argument) in named ?? new Dictionary<string, object?>())
        {
            bool isTensor = argument is IReadOnlyList<object?> { Count: 3 } list && IsTensor(list);
            arguments.Add(new OperatorArgument(name, isTensor, isTensor ? null : argument));
            if (isTensor)
            {
                tensors.Add((IReadOnlyList<object?>)argument!);
            }
        }

        return entries.Count > 0 ? new KerasOperatorCall(arguments, tensors) : null;
    }

    /// <summary>The calls of an operator as the model JSON holds them.</summary>
    /// <param name="layer">The operator.</param>
    /// <param name="inputs">The layers that feed it.</param>
    public static object Write(TFOpLambda layer, IReadOnlyList<string> inputs)
    {
        Queue<string> tensors = new(inputs);
        OrderedDictionary<string, object?> named = [];
        object?[] first = layer.Call[0].IsTensor
            ? [tensors.Dequeue(), 0L, 0L, named]
            : [Constant, -1L, layer.Call[0].Value, named];
        foreach (OperatorArgument argument in layer.Call.Skip(1))
        {
            named[argument.Name!] = argument.IsTensor ? new object?[] { tensors.Dequeue(), 0L, 0L } : argument.Value;
        }

        return new object?[] { first };
    }

    private static bool IsTensor(IReadOnlyList<object?> entry) => entry is [string, long, long, ..];
}
