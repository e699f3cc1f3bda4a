using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>Networks over rows in time, with layers of one dimension.</summary>
/// <param name="Seed">All follows from it.</param>
/// <param name="Model">The float network.</param>
public sealed record SequenceNetwork(uint Seed, Model Model)
{
    /// <summary>Random networks.</summary>
    public static Gen<SequenceNetwork> Any =>
        Gen.UInt[0, uint.MaxValue].Select(seed => new SequenceNetwork(seed, new Builder((int)seed).Build()));

    /// <summary>A convolution of stride 1.</summary>
    public static Layer Convolution(string name, int size, int channels, int filters) => new Builder(7).Filled(
        "Conv1D", name, new Shape(size * 2, channels), ("filters", (long)filters), ("kernel_size", (long)size));

    /// <summary>A network as people have for keywords: convolutions, normalizations, rectifiers, pools.</summary>
    /// <param name="flattens">Whether all steps go into the dense layer, or their mean.</param>
    public static Model Keywords(bool flattens)
    {
        Builder builder = new(3, new Shape(40, 10));
        foreach ((long filters, long size, string padding) in new[] { (8L, 3L, "same"), (16L, 5L, "causal"), (16L, 3L, "same") })
        {
            builder.Add("Conv1D", ("filters", filters), ("kernel_size", size), ("padding", padding), ("use_bias", false));
            builder.Normalize();
            builder.Add(new ReLU { Name = $"relu_{filters}_{size}" });
            builder.Add("MaxPooling1D");
        }

        if (flattens)
        {
            builder.Add(new Flatten { Name = "flat" });
        }
        else
        {
            builder.Add("GlobalAveragePooling1D");
        }

        builder.Dense(6);
        return builder.Model();
    }

    /// <summary>A network that gives rows.</summary>
    public static Model Rows()
    {
        Builder builder = new(4, new Shape(12, 6));
        builder.Add("Conv1D", ("filters", 8L), ("kernel_size", 3L), ("padding", "same"));
        builder.Add(new ReLU { Name = "relu" });
        builder.Add("Conv1D", ("filters", 5L), ("kernel_size", 1L));
        return builder.Model();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seed}: {string.Join(' ', Model.Nodes.Select(node => $"{node.Layer.ClassName} {Model.Plan[node.Name].Prepared.Output.Shape}"))}");

    private sealed class Builder
    {
        private readonly Random _random;
        private readonly List<Node> _nodes = [];
        private Shape _shape;

        public Builder(int seed, Shape? shape = null)
        {
            _random = new Random(seed);
            _shape = shape ?? new Shape(_random.Next(8, 30), _random.Next(1, 6));
            _nodes.Add(new Node(new InputLayer { Name = "rows", Shape = _shape }, []));
        }

        public Model Model() => AkidaQuant.Model.Create("sequence", isSequential: false, _nodes, [_nodes[^1].Name]);

        public Model Build()
        {
            Convolution(isFirst: true);
            for (int i = _random.Next(1, 5); i > 0; i--)
            {
                Block();
            }

            switch (_random.Next(5))
            {
                case 0: Add("GlobalAveragePooling1D", ("keepdims", _random.Next(2) == 0)); break;
                case 1: Add("GlobalMaxPooling1D"); break;
                case 2: Add(new Flatten { Name = "flat" }); break;
                case 3: Add(new Reshape { Name = "row", TargetShape = new Shape(Shape.Unknown) }); break;
                default: return Model();
            }

            Dense(_random.Next(2, 6));
            return Model();
        }

        public void Add(Layer layer, params string[] inputs)
        {
            _nodes.Add(new Node(layer, inputs.Length == 0 ? [_nodes[^1].Name] : inputs));
            _shape = Model().Plan.Output.Shape;
        }

        public void Add(string className, params (string Key, object? Value)[] arguments) =>
            Add(Filled(className, $"{className.ToLowerInvariant()}_{_nodes.Count}", _shape, arguments));

        public void Normalize() =>
            Add(Filled("BatchNormalization", $"bn_{_nodes.Count}", _shape, ("axis", _random.Next(2) == 0 ? -1L : 2L)));

        public void Dense(int units) => Add(Filled("Dense", $"dense_{_nodes.Count}", _shape, ("units", (long)units)));

        /// <summary>A layer with weights of the shapes that it asks for; those of variances are positive.</summary>
        public Layer Filled(string className, string name, Shape input, params (string Key, object? Value)[] arguments)
        {
            Layer layer = LayerClasses.Read(
                className, new LayerArguments(name, arguments.ToDictionary(pair => pair.Key, pair => pair.Value)))!;
            return layer.WithVariables(
            [
                .. layer.WeightShapes([input]).Select(weight => new NdArray<float>(weight.Shape,
                [
                    .. Enumerable.Range(0, weight.Shape.Size).Select(_ =>
                        (float)(weight.Initializer == "ones" ? 0.5 + _random.NextDouble() : (_random.NextDouble() * 1.4) - 0.7)),
                ])),
            ]);
        }

        /// <summary>A convolution; a dilated one at the input has no form in Keras files once it takes up a zero point.</summary>
        private void Convolution(bool isFirst = false)
        {
            string padding = _random.Next(3) switch { 0 => "same", 1 => "causal", _ => "valid" };
            long size = _random.Next(1, Math.Min(5, _shape[0] + 1));
            bool strides = isFirst || _random.Next(3) == 0;
            Add(
                "Conv1D",
                ("filters", (long)_random.Next(1, 7)),
                ("kernel_size", size),
                ("strides", strides && _random.Next(2) == 0 ? 2L : 1L),
                ("dilation_rate", !strides && (size - 1) * 2 < _shape[0] ? 2L : 1L),
                ("padding", padding),
                ("activation", _random.Next(2) == 0 ? "relu" : "linear"));
        }

        private void Block()
        {
            switch (_random.Next(_shape[0] < 4 ? 4 : 11))
            {
                case 0: Convolution(); break;
                case 1: Normalize(); break;
                case 2: Add("ZeroPadding1D", ("padding", new List<object?> { (long)_random.Next(3), (long)_random.Next(3) })); break;
                case 3: Skip(); break;
                case 4: Add("SeparableConv1D", ("filters", (long)_random.Next(1, 7)), ("kernel_size", 3L), ("padding", "same")); break;
                case 5: Add("DepthwiseConv1D", ("kernel_size", 3L)); break;
                case 6: Add("MaxPooling1D", ("padding", _random.Next(2) == 0 ? "same" : "valid")); break;
                case 7: Add("AveragePooling1D"); break;
                case 8: Add("Conv1DTranspose", ("filters", 3L), ("kernel_size", 3L), ("strides", 2L), ("padding", "same")); break;
                case 9: Add("Cropping1D", ("cropping", 1L)); break;
                default: Add("UpSampling1D"); break;
            }
        }

        private void Skip()
        {
            (string source, Shape shape) = (_nodes[^1].Name, _shape);
            Add("Conv1D", ("filters", (long)shape[1]), ("kernel_size", 3L), ("padding", "same"));
            if (_random.Next(2) == 0)
            {
                Add(new Add { Name = $"add_{_nodes.Count}" }, source, _nodes[^1].Name);
            }
            else
            {
                Add(new Concatenate { Name = $"join_{_nodes.Count}", Axis = _random.Next(2) == 0 ? -1 : 2 }, source, _nodes[^1].Name);
            }
        }
    }
}
