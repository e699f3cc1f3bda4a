using System.Numerics.Tensors;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>The functions that activations with a table have (layers.md 5.2), in float32.</summary>
internal static class TableFunction
{
    /// <summary>The slope of leaky_relu unless another is given.</summary>
    public const double DefaultAlpha = 0.2;

    /// <summary>
    /// The approximation of gelu that PyTorch calls <c>approximate='tanh'</c>; the reference has no table of its own for it
    /// (onnx.md 3.5.20).
    /// </summary>
    public const string GeluByTanh = "gelu_tanh";

    private const double RootOfTwoByPi = 0.79788456080286536;

    private const float RootOfHalf = 0.70710678f;

    /// <summary>The names, in the order of messages.</summary>
    public static IReadOnlyList<string> Names { get; } = ["gelu", "swish", "hard_silu", "leaky_relu", GeluByTanh];

    /// <summary>The name that Keras writes for a function, null when it has no table.</summary>
    public static string? Normalize(string name) => name == "silu" ? "swish" : Names.Contains(name) ? name : null;

    /// <summary>
    /// The function to the last bit of the table: exponentials and error functions are worked out in double and
    /// rounded once to float32.
    /// </summary>
    public static Func<float, float> Exact(string name, double alpha)
    {
        float slope = (float)alpha;
        return name switch
        {
            "gelu" => x => 0.5f * x * (float)ErrorFunction.Complementary(-x * RootOfHalf),
            "swish" => x => x * (float)(1 / (1 + Math.Exp(-(double)x))),
            "hard_silu" => HardSilu,
            GeluByTanh => ApproximateGelu,
            "leaky_relu" => x => x > 0 ? x : slope * x,
            _ => throw new ArgumentException($"'{name}' has no table.", nameof(name)),
        };
    }

    /// <summary>Applies the function in place, exponentials in the speed and precision of float32.</summary>
    public static void Run(string name, double alpha, Span<float> values)
    {
        if (name == "swish")
        {
            float[] gates = values.ToArray();
            ActivationFunction.Run("sigmoid", gates, 1);
            TensorPrimitives.Multiply(values, gates, values);
            return;
        }

        Func<float, float> function = name == "gelu" ? Gelu : Exact(name, alpha);
        foreach (ref float value in values)
        {
            value = function(value);
        }
    }

    /// <summary>gelu within 1.5e-7 of |x|, ten times as fast as its table: Abramowitz and Stegun 7.1.26.</summary>
    private static float Gelu(float x)
    {
        float z = MathF.Abs(x) * RootOfHalf;
        float t = 1f / (1f + (0.3275911f * z));
        float polynomial = ((((((((1.061405429f * t) - 1.453152027f) * t) + 1.421413741f) * t) - 0.284496736f) * t) + 0.254829592f) * t;
        float tail = polynomial * MathF.Exp(-z * z);
        return 0.5f * x * (x > 0 ? 2f - tail : tail);
    }

    private static float ApproximateGelu(float x) =>
        (float)(0.5 * x * (1 + Math.Tanh(RootOfTwoByPi * (x + (0.044715 * x * (double)x * x)))));

    private static float HardSilu(float x)
    {
        float gate = Math.Min(Math.Max(x + 3f, 0f), 6f) * (1f / 6f);
        return x * gate;
    }
}
