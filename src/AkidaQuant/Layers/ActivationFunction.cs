using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>The float activation functions of Keras, by name.</summary>
internal static class ActivationFunction
{
    /// <summary>The function that leaves values as they are.</summary>
    public const string Linear = "linear";

    /// <summary>The hard sigmoid of Keras 3, x/6 + 0.5, which earlier versions have as 0.2x + 0.5 under the same name.</summary>
    public const string HardSigmoidOfSixths = "hard_sigmoid_sixth";

    // The constants that keep means 0 and variances 1 (Klambauer et al. 2017, Self-normalizing neural networks).
    private const float SeluAlpha = 1.6732632423543772f;
    private const float SeluScale = 1.0507009873554805f;

    /// <summary>The threshold of Keras where none is given.</summary>
    private const float ShrinkThreshold = 0.5f;

    /// <summary>From so many values on, the widest vectors serve them all.</summary>
    private const int WidestVector = 16;

    private delegate void Elementwise(ReadOnlySpan<float> from, Span<float> to);

    private delegate void Apply(Span<float> values, int channels);

    private static readonly Dictionary<string, Apply> Functions = new(StringComparer.Ordinal)
    {
        [Linear] = (_, _) => { },
        ["relu"] = (values, _) => FloatVectors.Rectify(values, float.PositiveInfinity),
        ["relu6"] = (values, _) => TensorPrimitives.Clamp(values, 0f, 6f, values),
        ["softmax"] = Softmax,
        ["log_softmax"] = LogSoftmax,
        ["sigmoid"] = (values, _) => InVectors(values, TensorPrimitives.Sigmoid),
        ["tanh"] = (values, _) => InVectors(values, TensorPrimitives.Tanh),
        ["exponential"] = (values, _) => InVectors(values, TensorPrimitives.Exp),
        ["elu"] = (values, _) => Each(values, x => x > 0 ? x : MathF.Exp(x) - 1),
        ["softplus"] = (values, _) => Each(values, Softplus),
        ["softsign"] = (values, _) => Each(values, x => x / (1 + MathF.Abs(x))),
        ["selu"] = (values, _) => Each(values, x => SeluScale * (x > 0 ? x : SeluAlpha * (MathF.Exp(x) - 1))),
        ["mish"] = (values, _) => Each(values, x => x * MathF.Tanh(Softplus(x))),
        ["log_sigmoid"] = (values, _) => Each(values, x => -Softplus(-x)),
        ["squareplus"] = (values, _) => Each(values, x => (x + MathF.Sqrt((x * x) + 4)) / 2),
        ["sparse_plus"] = (values, _) => Each(values, x => x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x),
        ["sparse_sigmoid"] = (values, _) => Each(values, x => Math.Clamp((x + 1) / 2, 0f, 1f)),
        ["tanh_shrink"] = (values, _) => Each(values, x => x - MathF.Tanh(x)),
        ["soft_shrink"] = (values, _) => Each(values, x => MathF.CopySign(MathF.Max(MathF.Abs(x) - ShrinkThreshold, 0), x)),
        ["hard_shrink"] = (values, _) => Each(values, x => MathF.Abs(x) > ShrinkThreshold ? x : 0),
        ["hard_tanh"] = (values, _) => TensorPrimitives.Clamp(values, -1f, 1f, values),
        [HardSigmoidOfSixths] = (values, _) => Each(values, x => Math.Clamp((x / 6) + 0.5f, 0f, 1f)),
        ["hard_sigmoid"] = (values, _) => Each(values, x => Math.Clamp((0.2f * x) + 0.5f, 0f, 1f)),
        ["swish"] = (values, _) => Each(values, x => x / (1 + MathF.Exp(-x))),
        ["silu"] = (values, _) => Each(values, x => x / (1 + MathF.Exp(-x))),
        ["gelu"] = (values, _) => TableFunction.Run("gelu", TableFunction.DefaultAlpha, values),
        [TableFunction.GeluByTanh] = (values, _) => TableFunction.Run(TableFunction.GeluByTanh, TableFunction.DefaultAlpha, values),
        ["hard_silu"] = (values, _) => TableFunction.Run("hard_silu", TableFunction.DefaultAlpha, values),
        ["leaky_relu"] = (values, _) => TableFunction.Run("leaky_relu", TableFunction.DefaultAlpha, values),
    };

    /// <summary>The names of all functions.</summary>
    public static IReadOnlyCollection<string> Names => Functions.Keys;

    /// <summary>Reads the name of a function from the arguments of a layer.</summary>
    public static string Read(LayerArguments arguments) => arguments.OneOf(
        "activation",
        Linear,
        [.. Functions.Keys],
        "Give the layer one of these, or make it of layers that are read, and save the model again.");

    /// <summary>Applies the function in place; softmax works along the last axis of <paramref name="channels"/> values.</summary>
    public static void Run(string name, Span<float> values, int channels) => Functions[name](values, channels);

    /// <summary>Whether the function takes single values, rather than all of the last axis.</summary>
    public static bool IsElementwise(string name) => name is not ("softmax" or "log_softmax");

    /// <summary>The function of single values, in place.</summary>
    internal static FloatFinish Create(string name)
    {
        Apply function = Functions[name];
        return (values, _) => function(values, values.Length);
    }

    /// <summary>A stage that applies the function to a tensor, rows of channels shared out to threads.</summary>
    internal static Stage CreateStage(string name, Shape shape)
    {
        FloatSpec output = new(shape);
        int channels = shape.Channels;
        return new Stage(output, (long)shape.Size * Stage.WorkOfElement, (inputs, results, batch, share) =>
        {
            (int start, int end) = share.Of(batch * (shape.Size / channels));
            Span<float> rows = ((FloatData)results).Values(batch)[(start * channels)..(end * channels)];
            ((FloatData)inputs[0]).Values(batch)[(start * channels)..(end * channels)].CopyTo(rows);
            Run(name, rows, channels);
        });
    }

    /// <summary>
    /// Applies a function in place. A few values are computed among others, because they would be computed without
    /// vectors alone, whose last bit may be another: results must not depend on the batch.
    /// </summary>
    private static void InVectors(Span<float> values, Elementwise function)
    {
        if (values.Length >= WidestVector)
        {
            function(values, values);
            return;
        }

        Span<float> padded = stackalloc float[WidestVector];
        values.CopyTo(padded);
        padded[values.Length..].Clear();
        function(padded, padded);
        padded[..values.Length].CopyTo(values);
    }

    private static void Each(Span<float> values, Func<float, float> function)
    {
        foreach (ref float value in values)
        {
            value = function(value);
        }
    }

    private static float Softplus(float x) => MathF.Max(x, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));

    private static void Softmax(Span<float> values, int channels)
    {
        for (int start = 0; start < values.Length; start += channels)
        {
            Span<float> row = values.Slice(start, channels);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.Exp(row, row);
            TensorPrimitives.Divide(row, TensorPrimitives.Sum<float>(row), row);
        }
    }

    private static void LogSoftmax(Span<float> values, int channels)
    {
        for (int start = 0; start < values.Length; start += channels)
        {
            Span<float> row = values.Slice(start, channels);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            float sum = 0;
            foreach (float value in row)
            {
                sum += MathF.Exp(value);
            }

            TensorPrimitives.Subtract(row, MathF.Log(sum), row);
        }
    }
}
