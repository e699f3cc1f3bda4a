namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>
/// Chains of operators in any order, as no network has them: what one leaves in an odd order in memory is what the next
/// takes.
/// </summary>
internal sealed class OnnxChainBuilder
{
    private const int MostValues = 200;

    private readonly OnnxCase _test;
    private readonly List<(string Tensor, Shape Shape)> _made = [];
    private string _last;
    private Shape _shape;

    private OnnxChainBuilder(OnnxCase test)
    {
        _test = test;
        _shape = test.OneIn(4) ? new Shape(test.Pick(4, 6, 8, 12)) : new Shape(test.Between(1, 4), test.Between(1, 4), test.Between(1, 4));
        _last = test.Input(_shape);
        _made.Add((_last, _shape));
    }

    public static string Build(OnnxCase test)
    {
        OnnxChainBuilder builder = new(test);
        for (int i = test.Between(2, 6); i > 0; i--)
        {
            builder.Step();
        }

        return builder._last;
    }

    private void Step()
    {
        switch (_test.Random.Next(16))
        {
            case 0:
                Set(_test.Node(_test.Pick("Relu", "Sigmoid", "LeakyRelu", "HardSwish", "Identity", "Neg"), [_last]), _shape);
                break;
            case 1:
                Set(_test.Node(_test.Pick("Mul", "Add", "Sub"), Either(_last, Constant())), _shape);
                break;
            case 2:
                Join();
                break;
            case 3:
                Transpose();
                break;
            case 4:
                Set(_test.Node("Flatten", [_last]), new Shape(_shape.Size));
                break;
            case 5 or 6:
                Reshape();
                break;
            case 7:
                Narrow();
                break;
            case 8 when _shape.Rank > 0:
                Set(_test.Node("Softmax", [_last], ("axis", _test.Between(1, _shape.Rank))), _shape);
                break;
            case 9 when _shape.Rank == 1:
                Set(_test.Node("Gemm", [_last, _test.Weights(6, _shape[0]), _test.Weights(6)], ("transB", 1)), new Shape(6));
                break;
            case 9 when _shape.Rank == 3:
                Set(_test.Node("Conv", [_last, _test.Weights(2, _shape[0], 1, 1)]), new Shape(2, _shape[1], _shape[2]));
                break;
            case 10 when _shape.Rank is 1 or 3:
                int channels = _shape[0];
                Set(
                    _test.Node(
                        "BatchNormalization",
                        [_last, _test.Weights(channels), _test.Weights(channels), _test.Weights(channels), _test.Weights(0.5f, 2, channels)]
                    ),
                    _shape);
                break;
            case 11 when _shape.Rank == 3 && _shape[1] > 1 && _shape[2] > 1:
                Set(
                    _test.Node(_test.Pick("MaxPool", "AveragePool"), [_last], ("kernel_shape", new[] { 2, 2 })),
                    new Shape(_shape[0], _shape[1] - 1, _shape[2] - 1));
                break;
            case 12 when _shape.Rank > 0:
                int cut = _test.Random.Next(_shape.Rank);
                int first = _test.Random.Next(_shape[cut]);
                int end = _test.Between(first + 1, _shape[cut]);
                Set(
                    _test.Node("Slice", [_last, _test.Integers(first), _test.Integers(end), _test.Integers(cut + 1)]),
                    new Shape([.. _shape.Select((size, axis) => axis == cut ? end - first : size)]));
                break;
            case 13 when _shape.Rank > 0:
                int axis = _test.Random.Next(_shape.Rank);
                Set(
                    _test.Node("Gather", [_last, _test.Integers(_shape[axis] - 1, 0)], ("axis", axis + 1)),
                    new Shape([.. _shape.Select((size, each) => each == axis ? 2 : size)]));
                break;
            case 14 when _shape.Rank > 0:
                int reduced = _test.Random.Next(_shape.Rank);
                Set(
                    _test.Node(_test.Pick("ReduceMax", "ReduceMin", "ReduceMean"), [_last], ("axes", new[] { reduced + 1 })),
                    new Shape([.. _shape.Select((size, each) => each == reduced ? 1 : size)]));
                break;
            case 15 when _shape.Rank == 2:
                Set(
                    _test.Node("Conv", [_last, _test.Weights(2, _shape[0], 3)], ("pads", new[] { 1, 1 })),
                    new Shape(2, _shape[1]));
                break;
            default:
                Set(_test.Node("PRelu", [_last, Slopes()]), _shape);
                break;
        }
    }

    /// <summary>A number, or values along one axis or all.</summary>
    private string Constant()
    {
        int axis = _test.Between(0, _shape.Rank);
        return axis == _shape.Rank ? _test.Weights(0.2f, 1)
            : _test.OneIn(5) ? _test.Weights(0.2f, 1, _shape.ToArray())
            : _test.Weights(0.2f, 1, [.. _shape.Select((size, i) => i == axis ? size : 1)]);
    }

    private string Slopes() => _test.Weights(0f, 1, [.. _shape.Select((size, axis) => axis == 0 ? size : 1)]);

    /// <summary>With a tensor of the same shape that was made before.</summary>
    private void Join()
    {
        string other = _test.Pick([.. _made.Where(made => made.Shape == _shape).Select(made => made.Tensor)]);
        if (_shape.Rank == 0 || _shape.Size > MostValues / 2 || _test.OneIn(2))
        {
            Set(_test.Node(_test.Pick("Add", "Mul", "Sub"), Either(_last, other)), _shape);
            return;
        }

        int axis = _test.Between(1, _shape.Rank);
        int[] joined = _shape.ToArray();
        joined[axis - 1] *= 2;
        Set(_test.Node("Concat", Either(_last, other), ("axis", axis)), new Shape(joined));
    }

    private void Transpose()
    {
        int[] perm = Enumerable.Range(1, _shape.Rank).ToArray();
        _test.Random.Shuffle(perm);
        Set(_test.Node("Transpose", [_last], ("perm", (int[])[0, .. perm])), new Shape([.. perm.Select(axis => _shape[axis - 1])]));
    }

    private void Reshape()
    {
        List<int> sizes = [];
        int rest = _shape.Size;
        int rank = _test.Between(1, 4);
        while (sizes.Count < rank - 1)
        {
            int[] divisors = [.. Enumerable.Range(1, rest).Where(size => rest % size == 0)];
            sizes.Add(_test.Pick(divisors));
            rest /= sizes[^1];
        }

        sizes.Add(rest);
        Set(_test.Node("Reshape", [_last, _test.Integers([-1, .. sizes.Select(size => (long)size)])]), new Shape([.. sizes]));
    }

    /// <summary>An axis of size 1 goes or comes.</summary>
    private void Narrow()
    {
        int[] narrow = [.. Enumerable.Range(0, _shape.Rank).Where(axis => _shape[axis] == 1)];
        if (narrow.Length > 0 && _shape.Rank > 1 && _test.OneIn(2))
        {
            int axis = _test.Pick(narrow);
            Set(_test.Node("Squeeze", [_last, _test.Integers(axis + 1)]), new Shape([.. _shape.Where((_, i) => i != axis)]));
        }
        else if (_shape.Rank < 4)
        {
            int axis = _test.Between(0, _shape.Rank);
            Set(_test.Node("Unsqueeze", [_last, _test.Integers(axis + 1)]), new Shape([.. _shape.Take(axis), 1, .. _shape.Skip(axis)]));
        }
    }

    private string[] Either(string first, string second) => _test.OneIn(2) ? [first, second] : [second, first];

    private void Set(string tensor, Shape shape)
    {
        (_last, _shape) = (tensor, shape);
        _made.Add((tensor, shape));
    }
}
