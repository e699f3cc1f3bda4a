using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Replaces calls of functions that the file defines by the nodes that they stand for.</summary>
internal sealed class OnnxFunctions
{
    /// <summary>
    /// The domain of the reference's quantized layers, whose functions are read as layers and not node by node (onnx.md 7.1).
    /// </summary>
    public const string QuantizedDomain = "com.brainchip";

    /// <summary>The most nodes, calls of functions counted: functions that call others several times multiply.</summary>
    private const int MostNodes = 100_000;

    /// <summary>The most characters of all names that are made, which grow with every level of calls.</summary>
    private const int MostCharacters = 1 << 27;

    private readonly OnnxFile _file;
    private readonly ILookup<(string Domain, string Name), FunctionProto> _functions;
    private readonly HashSet<string> _tensors;
    private readonly List<OnnxNode> _nodes = [];
    private readonly LayerNames _names = new();
    private int _count;
    private long _characters;

    private OnnxFunctions(OnnxFile file)
    {
        _file = file;
        _functions = file.Model.Functions
            .Where(function => function.Domain != QuantizedDomain)
            .ToLookup(function => (OnnxNode.DomainOf(function.Domain), function.Name));
        _tensors = new HashSet<string>(
            [
                .. file.Graph.Input.Select(input => input.Name),
                .. file.Graph.Initializer.Select(tensor => tensor.Name),
                .. file.Graph.Node.SelectMany(node => node.Output),
            ],
            StringComparer.Ordinal);
    }

    /// <summary>The nodes of the network.</summary>
    /// <exception cref="QuantException">
    /// <c>OnnxFunctionInvalid</c>: a call does not fit its function, or the function calls itself; <c>OnnxFunctionsTooLarge</c>.
    /// </exception>
    public static IReadOnlyList<OnnxNode> Inline(OnnxFile file)
    {
        OnnxFunctions functions = new(file);
        functions.Run();
        return functions._nodes;
    }

    /// <summary>Calls nest as deep as the file says, so those under way are kept in a list.</summary>
    private void Run()
    {
        Stack<OnnxFunctionCall> calls = new([OnnxFunctionCall.Main(_file)]);
        HashSet<FunctionProto> active = new(ReferenceEqualityComparer.Instance);
        while (calls.TryPeek(out OnnxFunctionCall? call))
        {
            if (call.Next() is not { } node)
            {
                calls.Pop();
                active.Remove(call.Function!);
                continue;
            }

            OnnxNode bound = call.Bind(node);
            Count(1, [bound.Name, .. bound.Inputs, .. bound.Outputs]);
            FunctionProto[] found = [.. _functions[(bound.Domain, bound.OpType)]];
            if (found.Length == 0)
            {
                _nodes.Add(bound);
                continue;
            }

            if (found.Length > 1)
            {
                throw Invalid(bound, "the file defines that function more than once");
            }

            if (!active.Add(found[0]))
            {
                throw Invalid(bound, "the function calls itself");
            }

            calls.Push(OnnxFunctionCall.Of(_file, found[0], bound, NewName(bound, found[0])));
            _nodes.AddRange(calls.Peek().Passed);
        }
    }

    private void Count(int nodes, IEnumerable<string> names)
    {
        _count += nodes;
        _characters += names.Sum(name => (long)name.Length);
        if (_count > MostNodes || _characters > MostCharacters)
        {
            throw _file.Error(
                "OnnxFunctionsTooLarge",
                $"it has more than {MostNodes} nodes with those that its functions stand for, or their names are too long. Export a smaller part of the network",
                QuantErrorKind.NotSupported);
        }
    }

    /// <summary>The name of the call, made free by a number: no tensor may be called as one inside it will be.</summary>
    private string NewName(OnnxNode call, FunctionProto function)
    {
        string[] inner = [.. function.Node.SelectMany(node => node.Output).Distinct()];
        string name = _names.Next(call.Name, free => inner.Any(tensor => _tensors.Contains(OnnxFunctionCall.Inside(free, tensor))));
        string[] made = Array.ConvertAll(inner, tensor => OnnxFunctionCall.Inside(name, tensor));
        Count(0, made);
        _tensors.UnionWith(made);
        return name;
    }

    private static QuantException Invalid(OnnxNode call, string problem) =>
        call.Error("OnnxFunctionInvalid", $"{problem}. The file is damaged; export the model again", QuantErrorKind.InvalidData);
}
