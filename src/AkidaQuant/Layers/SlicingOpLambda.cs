namespace AkidaQuant.Layers;

/// <summary>
/// A part of a tensor, as <c>x[..., 2:5]</c> takes it in a network, in float (tools.md 6.2): <c>slice_spec</c> has for each axis, that
/// of the batch first, a map of <c>start</c>, <c>stop</c> and <c>step</c>, or an index, which drops the axis.
/// </summary>
[LayerClass("SlicingOpLambda", Module = "tf_keras.src.layers.core.tf_op_layer")]
public sealed record SlicingOpLambda : TFOpLambda
{
    /// <summary>The one function that TensorFlow calls for slices.</summary>
    internal const string Slice = "__operators__.getitem";

    /// <summary>Makes the layer from stored arguments and the call of it.</summary>
    /// <exception cref="QuantException">The function is another one, or not supported with such arguments.</exception>
    public static new TFOpLambda Read(LayerArguments arguments)
    {
        SlicingOpLambda layer = new()
        {
            Name = arguments.Name,
            Function = arguments.Text("function", Slice),
            Call = ReadCall(arguments),
        };
        return layer.Function == Slice ? Checked(layer) : throw OperatorFunctions.NotSupported(layer);
    }

    /// <summary>The part of the last axis from a channel on, of a tensor whose samples have that many axes.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="rank">The number of axes without that of the batch.</param>
    /// <param name="start">The first channel.</param>
    /// <param name="stop">The channel behind the last one.</param>
    internal static SlicingOpLambda OfChannels(string name, int rank, int start, int stop)
    {
        object?[] slices =
        [
            .. Enumerable.Repeat<object?>(Range(null, null), rank),
            Range(start, stop),
        ];
        return new SlicingOpLambda
        {
            Name = name,
            Function = Slice,
            Call = [new OperatorArgument(null, IsTensor: true), new OperatorArgument("slice_spec", IsTensor: false, slices)],
        };
    }

    private static OrderedDictionary<string, object?> Range(long? start, long? stop) =>
        new(StringComparer.Ordinal) { ["start"] = start, ["stop"] = stop, ["step"] = null };
}
