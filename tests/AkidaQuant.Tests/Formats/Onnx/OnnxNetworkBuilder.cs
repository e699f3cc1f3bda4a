namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Adds the blocks that networks for images are made of, each as one of PyTorch's two exporters writes it.</summary>
internal sealed class OnnxNetworkBuilder
{
    private readonly OnnxCase _test;
    private readonly bool _isDynamo;
    private readonly bool _isFolded;
    private readonly string? _activation;
    private string _last;
    private int _channels;

    public OnnxNetworkBuilder(OnnxCase test)
    {
        _test = test;
        _isDynamo = test.OneIn(2);
        _isFolded = test.OneIn(2);
        _activation = test.Pick("Relu", "Relu", "Relu6", "HardSwish", "Silu", "Gelu", "LeakyRelu");
        test.Graph.Opset = _isDynamo ? test.Pick(18, 20) : test.Pick(14, 17);
        _channels = test.Pick(1, 3);
        _last = test.Image(_channels, test.Between(9, 18), test.Between(9, 18));
    }

    /// <summary>A whole network.</summary>
    public static string Build(OnnxCase test)
    {
        OnnxNetworkBuilder builder = new(test);
        builder.Stem();
        for (int i = test.Between(1, 4); i > 0; i--)
        {
            builder.Block();
        }

        return builder.Head();
    }

    private void Stem()
    {
        if (_test.OneIn(3))
        {
            _last = Node("Div", [Node("Sub", [_last, PerChannel(-0.5f, 0.5f)]), PerChannel(0.3f, 1.5f)]);
        }

        Convolution(_test.Between(3, 8), _test.Pick(3, 5, 7), _test.Between(1, 2));
        Activate();
        if (_test.OneIn(3))
        {
            Pool();
        }
    }

    private void Block()
    {
        switch (_test.Random.Next(10))
        {
            case 0:
                Inverted();
                break;
            case 1:
                Residual();
                break;
            case 2:
                DenselyConnected();
                break;
            case 3:
                Convolution(_test.Between(3, 9), 3, 1);
                Activate();
                Pool();
                break;
            case 4:
                Convolution(_channels, 3, _test.Between(1, 2), _channels);
                Activate();
                Convolution(_test.Between(3, 9), 1, 1);
                Activate();
                break;
            case 5:
                Divided();
                break;
            case 6:
                DividedAndShuffled();
                break;
            case 7:
                PaddedPool();
                break;
            case 8:
                Pyramid();
                break;
            default:
                Shuffled();
                break;
        }
    }

    /// <summary>YOLO's: a kernel whose channels are divided, of which some go through further ones.</summary>
    private void Divided()
    {
        Convolution(4, 1, 1);
        Activate();
        string[] halves = Operators.OnnxSelectionTests.Split(_test.Graph, _last, 1, [2, 2]);
        (_last, _channels) = (halves[1], 2);
        Convolution(2, 3, 1);
        Activate();
        _last = Node("Concat", [.. halves, _test.OneIn(2) ? _last : Node("Add", [_last, halves[1]])], ("axis", 1));
        _channels = 6;
        Convolution(_test.Between(3, 6), 1, 1);
        Activate();
    }

    /// <summary>ShuffleNet's second: half of the channels stay, all are joined and shuffled.</summary>
    private void DividedAndShuffled()
    {
        Convolution(4, 1, 1);
        for (int i = _test.Between(1, 2); i > 0; i--)
        {
            string[] halves = Operators.OnnxSelectionTests.Split(_test.Graph, _last, 1, [2, 2]);
            (_last, _channels) = (halves[1], 2);
            Convolution(2, 1, 1);
            Activate();
            Convolution(2, 3, 1, groups: 2);
            _last = Node("Concat", [halves[0], _last], ("axis", 1));
            _channels = 4;
            Shuffle(2, 2);
        }

        Convolution(_test.Between(3, 6), 1, 1);
    }

    private void PaddedPool()
    {
        _last = Node(
            "Pad",
            [_last, _test.Integers(0, 0, 1, 1, 0, 0, 1, 1), _test.Scalar(_test.Pick(float.NegativeInfinity, float.MinValue))]);
        _last = Node("MaxPool", [_last], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }));
    }

    /// <summary>Half the size and back, cut to what it was, as decoders do.</summary>
    private void Pyramid()
    {
        (string source, int channels) = (_last, _channels);
        Shape shape = _test.ShapeOf(_last);
        Convolution(_test.Between(2, 4), 3, 2);
        Activate();
        _last = Node(
            "Resize",
            [_last, null, _test.Constant(new Shape(4), [1, 1, 2, 2])],
            ("mode", "nearest"),
            ("coordinate_transformation_mode", _isDynamo ? "asymmetric" : "half_pixel"),
            ("nearest_mode", _isDynamo ? "floor" : "round_prefer_floor"));
        if (_test.ShapeOf(_last)[1] != shape[1] || _test.ShapeOf(_last)[2] != shape[2])
        {
            _last = Node("Slice", [_last, _test.Integers(0, 0), _test.Integers(shape[1], shape[2]), _test.Integers(2, 3)]);
        }

        _last = Node("Concat", [source, _last], ("axis", 1));
        _channels += channels;
    }

    /// <summary>MobileNet's: wide between two narrow ends.</summary>
    private void Inverted()
    {
        (string source, int channels) = (_last, _channels);
        bool keeps = _test.OneIn(2);
        Convolution(channels * 2, 1, 1);
        Activate();
        Convolution(_channels, _test.Pick(3, 5), keeps ? 1 : _test.Between(1, 2), _channels);
        Activate();
        if (_test.OneIn(2))
        {
            Excite();
        }

        Convolution(keeps ? channels : _test.Between(3, 9), 1, 1);
        _last = keeps ? Node("Add", [source, _last]) : _last;
    }

    private void Residual()
    {
        (string source, int channels) = (_last, _channels);
        bool keeps = _test.OneIn(2);
        (int filters, int stride) = keeps ? (channels, 1) : (_test.Between(3, 9), _test.Between(1, 2));
        Convolution(filters, 3, stride);
        Activate();
        Convolution(filters, 3, 1);
        string main = _last;
        if (!keeps)
        {
            (_last, _channels) = (source, channels);
            Convolution(filters, 1, stride);
            source = _last;
        }

        _last = Node("Add", [main, source]);
        Activate();
    }

    private void DenselyConnected()
    {
        string source = _last;
        int channels = _channels;
        Normalize();
        Activate();
        Convolution(_test.Between(2, 4), 3, 1, mayBeFolded: false);
        _last = Node("Concat", [source, _last], ("axis", 1));
        _channels += channels;
        if (_test.OneIn(2))
        {
            Normalize();
            _last = Node("Relu", [_last]);
            Convolution(_test.Between(2, 6), 1, 1, mayBeFolded: false);
            _last = Node("AveragePool", [_last], ("kernel_shape", new[] { 1, 1 }), ("strides", new[] { 2, 2 }));
        }
    }

    private void Shuffled()
    {
        Convolution(4, 1, 1);
        Shuffle(2, 2);
        Activate();
    }

    private void Shuffle(int groups, int each)
    {
        Shape shape = _test.ShapeOf(_last);
        string split = Node("Reshape", [_last, Sizes(groups, each, shape[1], shape[2])]);
        _last = Node(
            "Reshape",
            [Node("Transpose", [split], ("perm", new[] { 0, 2, 1, 3, 4 })), Sizes(groups * each, shape[1], shape[2])]);
    }

    private void Excite()
    {
        string squeezed = Pooled(keeps: true);
        int inner = _test.Between(1, 4);
        string hidden = Node("Relu", [Node("Conv", [squeezed, Kernel(inner, _channels, 1), _test.Weights(inner)])]);
        string gate = Node(
            _test.Pick("Sigmoid", "HardSigmoid"),
            [Node("Conv", [hidden, Kernel(_channels, inner, 1), _test.Weights(_channels)])]);
        _last = Node("Mul", _test.OneIn(2) ? [_last, gate] : [gate, _last]);
    }

    private void Pool() =>
        _last = _test.OneIn(2)
            ? Node("MaxPool", [_last], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }))
            : Node(
                _test.Pick("MaxPool", "AveragePool"),
                [_last],
                ("kernel_shape", new[] { 2, 2 }),
                ("strides", new[] { 2, 2 }),
                ("pads", new[] { 1, 1, 1, 1 }));

    private string Head()
    {
        if (_test.OneIn(3))
        {
            int size = _test.ShapeOf(_last).Size;
            Flatten(size);
            Dense(size, 6);
            Activate();
            Dense(6, 4);
        }
        else
        {
            bool keeps = _test.OneIn(2);
            _last = Pooled(keeps);
            if (keeps)
            {
                Flatten(_channels);
            }

            if (!_isDynamo && _test.OneIn(3))
            {
                _last = Node("Dropout", [_last]);
            }

            Dense(_channels, 5);
        }

        return _test.OneIn(4) ? Node("Softmax", [_last], ("axis", _test.Pick(1, -1))) : _last;
    }

    private void Flatten(int size) => _last = _isDynamo ? Node("Reshape", [_last, Sizes(size)], ("allowzero", _test.OneIn(2) ? 1 : null))
        : _test.OneIn(2) ? Node("Flatten", [_last], ("axis", 1))
        : Node("Reshape", [_last, Node("Concat", [Node("Unsqueeze", [Batch(), _test.Integers(0)]), _test.Integers(-1)], ("axis", 0))]);

    private string Batch() =>
        Node(
            "Gather",
            [
                Node("Shape", [_last]),
                _test.Graph.Constant(
                    OnnxTensors.Make(string.Empty, new Shape(), new long[] { 0 }, AkidaQuant.Formats.Onnx.Graph.OnnxElementType.Int64)),
            ]);

    private string Pooled(bool keeps)
    {
        if (!keeps)
        {
            return Mean(0);
        }

        return !_isDynamo || _test.OneIn(3) ? Node("GlobalAveragePool", [_last]) : Mean(1);
    }

    private string Mean(int keeps) =>
        _isDynamo
            ? Node(
                "ReduceMean",
                [_last, _test.Pick(_test.Integers(-1, -2), _test.Integers(2, 3))],
                ("keepdims", keeps),
                ("noop_with_empty_axes", 0))
            : Node("ReduceMean", [_last], ("axes", _test.Pick(new[] { 2, 3 }, [-1, -2])), ("keepdims", keeps));

    private void Dense(int inputs, int units) => _last = _test.OneIn(4)
        ? Node("Add", [Node("MatMul", [_last, Scaled(inputs, inputs, units)]), _test.Weights(units)])
        : Node("Gemm", [_last, Scaled(inputs, units, inputs), _test.Weights(units)], ("alpha", 1f), ("beta", 1f), ("transB", 1));

    /// <summary>A convolution that keeps the size but for its stride, with a BatchNormalization that is folded or not.</summary>
    private void Convolution(int filters, int kernel, int stride, int groups = 1, bool mayBeFolded = true)
    {
        int pad = kernel / 2;
        bool normalizes = mayBeFolded && !_isFolded;
        _last = Node(
            "Conv",
            [_last, Kernel(filters, _channels / groups, kernel), normalizes ? null : _test.Weights(filters)],
            ("dilations", new[] { 1, 1 }),
            ("group", groups),
            ("kernel_shape", new[] { kernel, kernel }),
            ("pads", new[] { pad, pad, pad, pad }),
            ("strides", new[] { stride, stride }));
        _channels = filters;
        if (normalizes)
        {
            Normalize();
        }
    }

    private void Normalize() =>
        _last = Node(
            "BatchNormalization",
            [
                _last,
                _test.Weights(0.5f, 1.5f, _channels),
                _test.Weights(_channels),
                _test.Weights(_channels),
                _test.Weights(0.5f, 1.5f, _channels),
            ],
            ("epsilon", 1e-5f),
            ("momentum", 0.9f));

    private void Activate() =>
        _last = _activation switch
        {
            "Relu6" => Node("Clip", [_last, _test.Scalar(0), _test.Scalar(6)]),
            "Silu" => Node("Mul", [_last, Node("Sigmoid", [_last])]),
            "Gelu" when _test.Graph.Opset == 20 => Node("Gelu", [_last], ("approximate", "none")),
            "Gelu" => Node(
                "Mul",
                [
                    Node("Mul", [_last, Node("Add", [Node("Erf", [Node("Div", [_last, _test.Scalar(1.4142135f)])]), _test.Scalar(1)])]),
                    _test.Scalar(0.5f),
                ]),
            "LeakyRelu" => Node("LeakyRelu", [_last], ("alpha", 0.1f)),
            "HardSwish" when _isDynamo => Node(
                "Mul",
                [
                    _last,
                    Node("Div", [Node("Clip", [Node("Add", [_last, _test.Scalar(3)]), _test.Scalar(0), _test.Scalar(6)]), _test.Scalar(6)]),
                ]),
            var name => Node(name!, [_last]),
        };

    private string Kernel(int filters, int channels, int size) => Scaled(channels * size * size, filters, channels, size, size);

    /// <summary>Weights that leave values about as large as they are.</summary>
    private string Scaled(int inputs, params int[] dimensions) =>
        _test.Weights(-1.7f / MathF.Sqrt(inputs), 1.7f / MathF.Sqrt(inputs), dimensions);

    private string PerChannel(float least, float most) => _test.Weights(least, most, 1, _channels, 1, 1);

    private string Sizes(params int[] sample) => _test.Integers([-1, .. sample.Select(size => (long)size)]);

    private string Node(string type, IEnumerable<string?> inputs, params (string Name, object? Value)[] attributes) =>
        _test.Node(type, inputs, attributes);
}
