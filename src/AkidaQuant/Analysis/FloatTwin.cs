using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Analysis;

/// <summary>The float layer that a quantized one came from, run by itself on given inputs.</summary>
internal sealed class FloatTwin
{
    private readonly PreparedLayer _prepared;
    private readonly Operation? _operation;
    private readonly TensorData[] _state;

    /// <summary>Prepares the layer.</summary>
    /// <param name="model">The rewritten float model.</param>
    /// <param name="name">The name of the layer.</param>
    /// <param name="inputs">The shapes of the inputs.</param>
    /// <param name="capacity">The most samples of one call.</param>
    /// <exception cref="QuantException"><c>FloatLayerMissing</c>, or the layer does not fit the inputs.</exception>
    public FloatTwin(Model model, string name, IEnumerable<Shape> inputs, int capacity)
    {
        _prepared = Find(model, name).Prepare([.. inputs.Select(shape => new FloatSpec(shape))]);
        _operation = _prepared.IsView ? null : _prepared.CreateOperation();
        _state = new StreamState(model.Name, capacity).Allocate(_prepared.State);
    }

    /// <summary>The layer of that name.</summary>
    /// <exception cref="QuantException"><c>FloatLayerMissing</c>.</exception>
    public static Layer Find(Model model, string name) =>
        model.Find(name)?.Layer
        ?? throw new QuantException(
            "FloatLayerMissing",
            QuantErrorKind.InvalidArgument,
            $"The rewritten float model '{model.Name}' has no layer '{name}', so it is not the one that the quantized model came from. Its layers are: {Listing.Of(model.Layers.Select(layer => layer.Name), name)}.",
            name);

    /// <summary>The outputs for some samples; of a layer that keeps state, for the next time step of as many streams.</summary>
    public float[] Run(IReadOnlyList<float[]> inputs, int batch)
    {
        if (_operation is null)
        {
            return inputs[0];
        }

        TensorData[] tensors = [.. inputs.Select(values => (TensorData)Filled(values, batch)), .. _state];
        var output = (FloatData)TensorData.Allocate(_prepared.Output, batch);
        _operation(tensors, output, batch);
        return output.Values(batch).ToArray();
    }

    private static FloatData Filled(float[] values, int batch)
    {
        FloatData data = new(values.Length / batch, batch);
        values.CopyTo(data.Values(batch));
        return data;
    }
}
