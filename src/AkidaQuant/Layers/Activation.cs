using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>An activation function of Keras as a layer, in float. Quantization replaces relu by <see cref="ReLU"/>.</summary>
[LayerClass("Activation")]
public sealed record Activation : Layer
{
    /// <summary>The name of the function.</summary>
    public required string Function { get; init; }

    /// <inheritdoc/>
    public override string? QuantizationObstacle => $"the activation '{Function}' has no quantized form";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("activation", Function)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Activation Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Function = ActivationFunction.Read(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        return ActivationFunction.IsElementwise(Function)
            ? PreparedLayer.OfFunction(input, () => ActivationFunction.Create(Function))
            : PreparedLayer.Staged(new FloatSpec(input), () => [ActivationFunction.CreateStage(Function, input)]);
    }
}
