using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Operators;
using AkidaQuant.Layers;
using AkidaQuant.Numerics;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// Finds activation functions that exporters spell out in several nodes: <c>x * Sigmoid(x)</c>, <c>0.5 x (1 + Erf(x / √2))</c> in
/// all its groupings, <c>x * Clip(x + 3, 0, 6) / 6</c>. Whatever the nodes are, what they compute from one tensor is a
/// function of one number, and two such functions are the same when they agree everywhere.
/// </summary>
internal sealed class OnnxPointwise
{
    /// <summary>The most nodes between an end and its root; the longest spelling has nine.</summary>
    private const int MostNodes = 16;

    /// <summary>The inputs of a Clip, more than which none of the nodes has.</summary>
    private const int MostInputs = 3;

    /// <summary>Closer than any two of the functions are to each other.</summary>
    private const double Tolerance = 2e-5;

    private static readonly double[] Points = [.. Enumerable.Range(-40, 81).Select(i => (i * 0.2) + 0.05)];

    private static readonly (string Name, double[] Values)[] Functions =
    [
        .. ((string[])["swish", "hard_silu", "gelu", TableFunction.GeluByTanh]).Select(name =>
            (name, Array.ConvertAll(Points, point => (double)TableFunction.Exact(name, TableFunction.DefaultAlpha)((float)point)))),
    ];

    private readonly OnnxGraph _graph;
    private readonly OnnxScalars _scalars;

    /// <summary>Looks in a graph.</summary>
    public OnnxPointwise(OnnxGraph graph, OnnxScalars scalars) => (_graph, _scalars) = (graph, scalars);

    /// <summary>The function that a node ends; null for none.</summary>
    public OnnxSpelling? Find(OnnxNode node)
    {
        foreach (string root in node.OpType is "Mul" or "Div" ? Roots(node) : [])
        {
            if (Match(node, root) is { } function)
            {
                return new OnnxSpelling(
                    function, [root], (end, import) => ActivationOperator.ImportTable(end, import, root, function));
            }
        }

        return null;
    }

    /// <summary>Tensors before a node that it may be a function of, the nearest first.</summary>
    private List<string> Roots(OnnxNode node)
    {
        List<string> roots = [];
        Queue<OnnxNode> open = new([node]);
        for (int visited = 0; visited < MostNodes && open.TryDequeue(out OnnxNode? next); visited++)
        {
            foreach (
                string input in next
                    .Inputs.Take(MostInputs)
                    .Where(input => input.Length > 0 && !roots.Contains(input) && _scalars.Find(input) is null))
            {
                roots.Add(input);
                if (_graph.Producer(input) is { } producer)
                {
                    open.Enqueue(producer);
                }
            }
        }

        return roots;
    }

    private string? Match(OnnxNode node, string root)
    {
        // Most nodes are none of the functions, which the first point shows.
        (string Name, double[] Values)[] left = Functions;
        for (int i = 0; i < Points.Length && left.Length > 0; i++)
        {
            int budget = MostNodes;
            if (Evaluate(node.Output, root, Points[i], ref budget) is not { } value)
            {
                return null;
            }

            left = Array.FindAll(left, function => Math.Abs(function.Values[i] - value) <= Tolerance * (1 + Math.Abs(function.Values[i])));
        }

        return left.FirstOrDefault().Name;
    }

    /// <summary>The value of a tensor where its root is <paramref name="x"/>; null when it depends on something else.</summary>
    private double? Evaluate(string tensor, string root, double x, ref int budget)
    {
        if (tensor == root)
        {
            return x;
        }

        if (_scalars.Find(tensor) is { } constant)
        {
            return constant;
        }

        if (budget-- <= 0 || _graph.Producer(tensor) is not { Domain.Length: 0 } node || node.Output != tensor)
        {
            return null;
        }

        double?[] inputs = new double?[node.Inputs.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (node.HasInput(i) && (inputs[i] = Evaluate(node.Inputs[i], root, x, ref budget)) is null)
            {
                return null;
            }
        }

        return node.OpType == "Clip" ? Clip(node, inputs) : Compute(node, [.. inputs.OfType<double>()]);
    }

    /// <summary>The bounds are attributes or inputs, and either may be left out.</summary>
    private static double? Clip(OnnxNode node, double?[] inputs)
    {
        double least = inputs.ElementAtOrDefault(1) ?? node.Float("min", float.MinValue);
        double greatest = inputs.ElementAtOrDefault(2) ?? node.Float("max", float.MaxValue);
        return inputs.ElementAtOrDefault(0) is { } value ? Math.Min(Math.Max(value, least), greatest) : null;
    }

    private static double? Compute(OnnxNode node, List<double> inputs) => (node.OpType, inputs) switch
    {
        ("Add", [var a, var b]) => a + b,
        ("Sub", [var a, var b]) => a - b,
        ("Mul", [var a, var b]) => a * b,
        ("Div", [var a, var b]) => a / b,
        ("Pow", [var a, var b]) => Math.Pow(a, b),
        ("Min", [var a, var b]) => Math.Min(a, b),
        ("Max", [var a, var b]) => Math.Max(a, b),
        ("Neg", [var a]) => -a,
        ("Exp", [var a]) => Math.Exp(a),
        ("Sqrt", [var a]) => Math.Sqrt(a),
        ("Erf", [var a]) => 1 - ErrorFunction.Complementary(a),
        ("Tanh", [var a]) => Math.Tanh(a),
        ("Relu", [var a]) => Math.Max(a, 0),
        ("Sigmoid", [var a]) => 1 / (1 + Math.Exp(-a)),
        ("HardSigmoid", [var a]) => Math.Clamp((node.Float("alpha", 0.2f) * a) + node.Float("beta", 0.5f), 0, 1),
        ("Identity" or "Dropout", [var a]) => a,
        ("Cast", [var a]) when ((OnnxElementType)node.Int("to", 0)).IsFloat() => a,
        _ => null,
    };
}
