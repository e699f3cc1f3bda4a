using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// What layers of a file say of the order of their axes, until <see cref="ChannelsLast"/> has turned what has channels first.
/// </summary>
internal static class ChannelOrder
{
    private const string Key = "data_format";
    private const string First = "channels_first";
    private const string Last = "channels_last";
    private const string AxisKey = "axis";

    /// <summary>Whether the file says that the layer has its channels first.</summary>
    public static bool IsFirst(Layer layer) => IsFirst(layer.StoredArguments);

    /// <summary>Whether a softmax was said to be over another axis than the last.</summary>
    public static bool IsOverOther(Softmax softmax) => AxisOf(softmax) != -1;

    /// <summary>The axis that a softmax was said to be over.</summary>
    public static int AxisOf(Softmax softmax) => (int)(AxisOf(softmax.StoredArguments) ?? -1);

    /// <summary>
    /// The layer of that class as if it had its channels last; what the file says is kept among its stored arguments.
    /// </summary>
    /// <param name="className">The class.</param>
    /// <param name="arguments">What the file says.</param>
    /// <returns>Null for a class that is not known.</returns>
    public static Layer? Read(string className, LayerArguments arguments)
    {
        string? key = IsFirst(arguments.Values) ? Key
            : className == nameof(Softmax) && AxisOf(arguments.Values) is >= sbyte.MinValue and <= sbyte.MaxValue and not -1 ? AxisKey
            : null;
        if (key is null)
        {
            return LayerClasses.Read(className, arguments);
        }

        OrderedDictionary<string, object?> last = new(arguments.Values, StringComparer.Ordinal) { [key] = key == Key ? Last : -1L };
        return LayerClasses.Read(className, new LayerArguments(arguments.Name, last)) is { } layer
            ? layer with { StoredArguments = arguments.Values }
            : null;
    }

    /// <summary>A layer that has been turned, or need not be: it says that channels are last.</summary>
    public static Layer Settled(Layer layer)
    {
        string? key = IsFirst(layer) ? Key : layer is Softmax softmax && IsOverOther(softmax) ? AxisKey : null;
        return key is null ? layer : layer with
        {
            StoredArguments = new OrderedDictionary<string, object?>(layer.StoredArguments, StringComparer.Ordinal)
            {
                [key] = key == Key ? Last : -1L,
            },
        };
    }

    private static bool IsFirst(IReadOnlyDictionary<string, object?> arguments) => arguments.GetValueOrDefault(Key) is First;

    private static long? AxisOf(IReadOnlyDictionary<string, object?> arguments) => arguments.GetValueOrDefault(AxisKey) switch
    {
        long axis => axis,
        IReadOnlyList<object?> list when list is [long axis] => axis,
        _ => null,
    };
}
