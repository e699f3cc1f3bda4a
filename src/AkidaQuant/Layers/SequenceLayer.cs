using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// A float layer over rows in time, (steps, channels). It computes what its form over images of height 1 computes, which quantization makes
/// of it with all others of the network.
/// </summary>
public abstract record SequenceLayer : Layer
{
    /// <summary>The layer over images of height 1 that computes the same; it has the name of this one.</summary>
    public required Layer Image
    {
        get => field.Name == Name ? field : field with { Name = Name };
        init;
    }

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => Image.HasQuantizableWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables =>
        [.. Image.Variables.Select(variable => variable with { Value = variable.Value with { Shape = Lowered(variable.Value.Shape) } })];

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) =>
        [.. Image.WeightShapes([inputs[0].Prepend(1)]).Select(weight => weight with { Shape = Lowered(weight.Shape) })];

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        int kernels = Image.Variables.Count - (Image is WeightedLayer { UseBias: true } ? 1 : 0);
        ExpectVariables(values, Image.Variables.Count);
        List<NdArray<float>> raised = [.. values];
        for (int i = 0; i < kernels; i++)
        {
            NdArray<float> kernel = ExpectShape(
                Image.Variables[i].Name.Split('/', ':')[^2], values[i], Shape.Unknown, Shape.Unknown, Shape.Unknown);
            raised[i] = kernel with { Shape = kernel.Shape.Prepend(1) };
        }

        return this with { Image = InOwnName(() => Image.WithVariables(raised)) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (input.Rank != 2)
        {
            throw DoesNotFit($"its input must have the shape (steps, channels), but it has {input}.");
        }

        PreparedLayer prepared = InOwnName(() => Image.Prepare([new FloatSpec(input.Prepend(1))]));
        Shape output = prepared.Output.Shape;
        return prepared.As(new FloatSpec(output.Rank == 3 ? new Shape(output[1], output[2]) : output));
    }

    /// <summary>A kernel without the axis of its one row; a bias as it is.</summary>
    private static Shape Lowered(Shape shape) => shape.Rank == 4 ? new Shape(shape.ToArray()[1..]) : shape;

    /// <summary>Errors of the form over images get the class of this layer.</summary>
    private T InOwnName<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (QuantException error) when (error.Target is not null)
        {
            string message = error.Message.Replace($"({Image.ClassName})", $"({ClassName})", StringComparison.Ordinal);
            throw new QuantException(error.Id, error.Kind, message, Name, error);
        }
    }
}
