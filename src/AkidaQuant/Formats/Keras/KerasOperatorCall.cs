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

        IReadOnlyDictionary<string, object?>? named = entries.Count > 0 && entries[0].Count > 3 ? entries[0][3] as IReadOnlyDictionary<string, object?> : null;
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

    private static bool IsTensor(IReadOnlyList<object?> entry) => entry is [string, long, long, ..];
}
