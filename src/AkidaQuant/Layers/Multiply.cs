using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>
/// The product of two tensors in float; axes of size 1 are repeated. There is no quantized form: of the networks
/// that multiply, only those that do it for an activation can be quantized (transforms.md 4.3).
/// </summary>
[LayerClass("Multiply")]
public sealed record Multiply : Layer
{
    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Multiply Read(LayerArguments arguments) => new() { Name = arguments.Name };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        Combine(this, Arithmetic.Multiply, FloatInput(inputs).Shape, FloatInput(inputs, 1).Shape);

    /// <summary>Two tensors put together value by value.</summary>
    /// <exception cref="QuantException">The shapes do not go together.</exception>
    internal static PreparedLayer Combine(Layer layer, Arithmetic function, Shape left, Shape right)
    {
        Shape output = Broadcast(layer, left, right);
        return new PreparedLayer(new FloatSpec(output), () =>
        {
            BroadcastArithmetic arithmetic = new(function, left, right);
            return (tensors, result, batch) => arithmetic.Run(
                ((FloatData)tensors[0]).Values(batch), ((FloatData)tensors[1]).Values(batch), ((FloatData)result).Values(batch), batch);
        });
    }

    /// <summary>Any number of tensors put together value by value; more than two must have one shape.</summary>
    /// <param name="layer">The layer, for errors.</param>
    /// <param name="function">What is done to a value and the next one.</param>
    /// <param name="shapes">The shapes of the tensors, two at least.</param>
    /// <param name="finish">What is done to the results in the end; null for nothing.</param>
    /// <exception cref="QuantException">The shapes do not go together.</exception>
    internal static PreparedLayer Combine(
        Layer layer, Arithmetic function, IReadOnlyList<Shape> shapes, Action<Span<float>>? finish = null)
    {
        if (shapes.Count > 2)
        {
            foreach (Shape shape in shapes)
            {
                Add.RequireSameShape(layer, shapes[0], shape);
            }
        }

        Shape output = Broadcast(layer, shapes[0], shapes[1]);
        return new PreparedLayer(new FloatSpec(output), () =>
        {
            BroadcastArithmetic first = new(function, shapes[0], shapes[1]);
            BroadcastArithmetic next = new(function, output, output);
            return (tensors, result, batch) =>
            {
                Span<float> values = ((FloatData)result).Values(batch);
                first.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)tensors[1]).Values(batch), values, batch);
                foreach (TensorData tensor in tensors[2..])
                {
                    next.Run(values, ((FloatData)tensor).Values(batch), values, batch);
                }

                finish?.Invoke(values);
            };
        });
    }

    /// <summary>The shape of two tensors put together.</summary>
    /// <exception cref="QuantException">The shapes do not go together.</exception>
    internal static Shape Broadcast(Layer layer, Shape left, Shape right)
    {
        try
        {
            return BroadcastArithmetic.Broadcast(left, right);
        }
        catch (ArgumentException error)
        {
            throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its inputs must have the same shape, but for axes of size 1, and they have {left} and {right}.",
                layer.Name,
                error);
        }
    }
}
