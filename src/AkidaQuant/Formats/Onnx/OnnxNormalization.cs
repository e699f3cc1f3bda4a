using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Operators;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// Finds normalization by mean and variance that exporters spell out: <c>(x - mean) / √(variance + ε)</c> with the root, its reciprocal or
/// a power, or <c>x g + (β - mean g)</c> with <c>g = γ / √(variance + ε)</c>, as TensorFlow computes it.
/// </summary>
internal sealed class OnnxNormalization(OnnxGraph graph, OnnxScalars scalars)
{
    /// <summary>The most nodes in a row that change nothing.</summary>
    private const int MostPassing = 4;

    /// <summary>The normalization that a node ends; null for none.</summary>
    public OnnxSpelling? Find(OnnxNode node) => node.OpType switch
    {
        "Div" when Divided(node) is { } found => Spelling(found, null, null),
        "Mul" when Either(node, (left, right) => Deviation(right, isInverse: true) is { } factor && Centered(left, factor) ? factor : null)
            is { } found => Spelling(found, null, null),
        "Add" when Either(node, Shifted) is { } found => found,
        _ => null,
    };

    private static OnnxSpelling Spelling(OnnxMoments of, string? scale, string? bias) => new(
        "layer normalization",
        [of.Root, .. new[] { scale, bias }.OfType<string>()],
        (node, import) => NormalizationOperator.ImportMoments(node, import, of, scale, bias));

    private OnnxMoments? Divided(OnnxNode node) =>
        node.Inputs is [var centered, var root] && Deviation(root, isInverse: false) is { } found && Centered(centered, found)
            ? found
            : null;

    /// <summary>The scaled tensor and what shifts it: <c>x g</c> and <c>β - mean g</c>.</summary>
    private OnnxSpelling? Shifted(string scaled, string shift)
    {
        if (Producer(scaled) is not { OpType: "Mul" } product || Producer(shift) is not { OpType: "Sub", Inputs: [var bias, var moved] }
            || Producer(moved) is not { OpType: "Mul" } movedMean || scalars.Constant(bias) is null)
        {
            return null;
        }

        return Either(product, (root, factor) =>
        {
            return Deviation(factor, isInverse: true) is { } alone ? Whole(alone, null)
                : Producer(factor) is { OpType: "Mul" } scaling ? Either(scaling, (inverse, scale) =>
                    Deviation(inverse, isInverse: true) is { } of && scalars.Constant(scale) is not null ? Whole(of, scale) : null)
                : null;

            OnnxSpelling? Whole(OnnxMoments of, string? scale) => Same(of.Root, root)
                && Either(movedMean, (mean, times) => Same(times, factor) && Mean(mean) is { } own && own.Matches(of) ? own : null)
                    is not null
                    ? Spelling(of, scale, bias)
                    : null;
        });
    }

    /// <summary>What a tensor is the deviation of: <c>√(variance + ε)</c>, or one over it.</summary>
    private OnnxMoments? Deviation(string tensor, bool isInverse)
    {
        OnnxNode? node = Producer(tensor);
        return (node?.OpType, node?.Inputs) switch
        {
            ("Sqrt", [var raised]) when !isInverse => Raised(raised),
            ("Pow", [var raised, var power]) when scalars.Find(power) == (isInverse ? -0.5 : 0.5) => Raised(raised),
            ("Reciprocal", [var root]) when isInverse => Deviation(root, isInverse: false),
            ("Div", [var one, var root]) when isInverse && scalars.Find(one) == 1 => Deviation(root, isInverse: false),
            _ => null,
        };
    }

    /// <summary>A variance and what is added to it.</summary>
    private OnnxMoments? Raised(string tensor) => Producer(tensor) is not { OpType: "Add" } sum ? null : Either(sum, (variance, epsilon) =>
        scalars.Find(epsilon) is { } value and > 0 && Variance(variance) is { } found ? found with { Epsilon = (float)value } : null);

    /// <summary>The mean of the squares of what is left of a tensor without its mean.</summary>
    private OnnxMoments? Variance(string tensor)
    {
        if (Mean(tensor) is not { } outer)
        {
            return null;
        }

        OnnxNode? square = Producer(outer.Root);
        string? centered = (square?.OpType, square?.Inputs) switch
        {
            ("Pow", [var value, var power]) when scalars.Find(power) == 2 => value,
            ("Mul", [var value, var other]) when Same(value, other) => value,
            _ => null,
        };
        return centered is not null && Producer(centered) is { OpType: "Sub", Inputs: [var root, var mean] }
            && Mean(mean) is { } inner && inner.Matches(outer with { Root = Passed(root) }) ? inner : null;
    }

    /// <summary>Whether a tensor is that of the moments less its mean.</summary>
    private bool Centered(string tensor, OnnxMoments of) => Producer(tensor) is { OpType: "Sub", Inputs: [var root, var mean] }
        && Same(root, of.Root) && Mean(mean) is { } found && found.Matches(of);

    /// <summary>What a tensor is the mean of, its axes kept.</summary>
    private OnnxMoments? Mean(string tensor) => Producer(tensor) is { OpType: "ReduceMean" } node && node.Int("keepdims", 1) == 1
        && (node.Ints("axes") ?? (node.HasInput(1) ? scalars.Constant(node.Inputs[1])?.Integers : null)) is { Length: > 0 } axes
            ? new OnnxMoments(Passed(node.Inputs[0]), axes)
            : null;

    private bool Same(string left, string right)
    {
        (left, right) = (Passed(left), Passed(right));
        return left == right || (Producer(left) is { OpType: "Sub", Inputs: [var a, var b] }
            && Producer(right) is { OpType: "Sub", Inputs: [var c, var d] } && Passed(a) == Passed(c)
            && Mean(b) is { } mean && Mean(d) is { } other && mean.Matches(other));
    }

    private static T? Either<T>(OnnxNode node, Func<string, string, T?> find)
        where T : class => node.Inputs is [var left, var right] ? find(left, right) ?? find(right, left) : null;

    private OnnxNode? Producer(string tensor) => graph.Producer(Passed(tensor)) is { Domain.Length: 0 } node ? node : null;

    /// <summary>The tensor before nodes that change nothing.</summary>
    private string Passed(string tensor)
    {
        for (int i = 0; i < MostPassing && graph.Producer(tensor) is { Domain.Length: 0, Inputs: [var input] } node
            && (node.OpType == "Identity" || (node.OpType == "Cast" && ((OnnxElementType)node.Int("to", 0)).IsFloat())); i++)
        {
            tensor = input;
        }

        return tensor;
    }
}
