using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// The call of a TensorFlow function as descriptions hold it: a list of its first argument and, where there are others, a dictionary
/// of those by name. A tensor is <c>{ tensor: 0 }</c>, 0 for the first of the layer's inputs; anything else is a constant.
/// </summary>
internal static class OperatorCallForm
{
    private const string TensorKey = "tensor";

    /// <summary>Reads a call; null, which the layer refuses, when it is not one.</summary>
    public static IReadOnlyList<OperatorArgument>? Read(object? value)
    {
        if (value is not List<object?> { Count: 1 or 2 } list
            || (list.Count == 2 && list[1] is not OrderedDictionary<string, object?>))
        {
            return null;
        }

        int tensors = 0;
        List<OperatorArgument> call = [];
        List<(string? Name, object? Value)> arguments = [(null, list[0])];
        arguments.AddRange(list.Skip(1).Cast<OrderedDictionary<string, object?>>().SelectMany(named => named).Select(
            pair => ((string?)pair.Key, pair.Value)));
        foreach ((string? name, object? argument) in arguments)
        {
            if (argument is OrderedDictionary<string, object?> map)
            {
                if (map.Count != 1 || map.GetValueOrDefault(TensorKey) is not long index || index != tensors)
                {
                    return null;
                }

                tensors++;
                call.Add(new OperatorArgument(name, IsTensor: true));
            }
            else
            {
                call.Add(new OperatorArgument(name, IsTensor: false, argument));
            }
        }

        return call;
    }

    /// <summary>Writes a call.</summary>
    public static object Write(IReadOnlyList<OperatorArgument> call)
    {
        long tensors = 0;
        OrderedDictionary<string, object?> named = [];
        object? first = Value(call[0]);
        foreach (OperatorArgument argument in call.Skip(1))
        {
            named[argument.Name!] = Value(argument);
        }

        return named.Count == 0 ? new List<object?> { first } : new List<object?> { first, named };

        object? Value(OperatorArgument argument) =>
            argument.IsTensor ? new OrderedDictionary<string, object?> { [TensorKey] = tensors++ } : argument.Value;
    }
}
