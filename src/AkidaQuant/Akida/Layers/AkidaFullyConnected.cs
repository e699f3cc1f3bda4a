using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A dense layer of Akida 1.0 with weights of shape (1, 1, inputs, units). The input is flattened channels first, in the
/// order (C, Y, X), the inverse of Keras (convert.md 9.2).
/// </summary>
public sealed record AkidaFullyConnected : AkidaV1Layer
{
    /// <summary>The number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>How it learns; null for a layer that does not.</summary>
    public AkidaLearning? Learning { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "FullyConnected";

    /// <inheritdoc/>
    public override string SummaryTypeName => "Fully.";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [new("units", Units), .. ActivationParameters];

    /// <inheritdoc/>
    private protected override IEnumerable<KeyValuePair<string, object>> CheckedParameters => Learning is not { } learning ? Parameters :
    [
        .. Parameters,
        new("num_weights", learning.NumWeights),
        new("num_classes", learning.NumClasses),
        new("initial_plasticity", learning.InitialPlasticity),
        new("learning_competition", learning.LearningCompetition),
        new("min_plasticity", learning.MinPlasticity),
        new("plasticity_decay", learning.PlasticityDecay),
    ];

    /// <summary>Rows of a kernel for inputs (X, Y, C), row-major, put in the order of a flattened (C, Y, X).</summary>
    public static T[] ChannelsFirst<T>(T[] kernel, Shape input, int units)
    {
        T[] reordered = new T[kernel.Length];
        for (int row = 0; row < kernel.Length / units; row++)
        {
            Array.Copy(kernel, row * units, reordered, Position(row, input) * units, units);
        }

        return reordered;
    }

    /// <summary>Refuses more connections of a neuron that learns than inputs.</summary>
    /// <exception cref="QuantException"><c>AkidaLearningNumWeights</c>.</exception>
    internal void RequireConnections(int inputs)
    {
        if (Learning?.NumWeights > inputs)
        {
            throw Invalid(
                "AkidaLearningNumWeights",
                $"num_weights is {Learning.NumWeights}, but it has {inputs} inputs. Give about 1.2 times the inputs that are active, and not more than half of all.");
        }
    }

    /// <inheritdoc/>
    private protected override void CheckTogether()
    {
        if (Learning is not { } learning)
        {
            return;
        }

        if (WeightsBits != 1)
        {
            throw Invalid("AkidaLearningWeightsBits", $"it learns, which takes weights of 1 bit, but weights_bits is {WeightsBits}.");
        }

        if (Units % learning.NumClasses != 0)
        {
            throw Invalid(
                "AkidaLearningUnits",
                $"its {Units} units cannot be shared out to {learning.NumClasses} classes. Give units that are a multiple of num_classes.");
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, 1, 1, Count(input), Units),
        .. ActivationRules(Units),
        new("threshold_learning", "int32", 0, int.MaxValue, new Shape(Units)),
        new("plasticity", "float32", 0, 1, new Shape(Units)),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape shape = inputs[0].Shape;
        int count = shape.Size;
        RequireConnections(count);
        int[] stored = Weights("weights", 1, 1, count, Units);
        int[] weights = new int[stored.Length];
        for (int row = 0; row < count; row++)
        {
            Array.Copy(stored, Position(row, shape) * Units, weights, row * Units, Units);
        }

        IntegerDense product = new(count, Units, weights, null, Integers(inputs[0]).Range, SumValueBits);
        long macs = (long)count * Units;
        return Finish(new Shape(1, 1, Units), product.OutputRange, LinearPart.Over(macs, product.Run), macs);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.Of(EventProducts.OfValues(inputs[0].Shape.Size, Units));

    /// <summary>Where the value at <paramref name="row"/> of a row-major (X, Y, C) stands in a flattened (C, Y, X).</summary>
    private static int Position(int row, Shape shape)
    {
        int channel = row % shape[2];
        int y = row / shape[2] % shape[1];
        int x = row / (shape[1] * shape[2]);
        return (((channel * shape[1]) + y) * shape[0]) + x;
    }
}
