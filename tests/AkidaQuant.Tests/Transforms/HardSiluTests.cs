using AkidaQuant.Layers;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>hard_silu, written out in TensorFlow functions, is one activation (transforms.md 4.3).</summary>
public sealed class HardSiluTests
{
    private static readonly object Tensor = Operators.Tensor;

    /// <summary>Adds <c>x * relu6(x + 3) / 6</c> in one of the ways to write it.</summary>
    private static Graph Add(Graph graph, string name, string x, int way = 0, double shift = 3, double limit = 6, double sixth = 1.0 / 6)
    {
        graph.Add((way & 1) == 0
            ? Operators.Call($"{name}_add", "__operators__.add", ("y", shift))
            : Operators.CallOn(shift, $"{name}_add", "math.add", ("y", Tensor)), x);
        graph.Add(new ReLU { Name = $"{name}_relu", MaxValue = (float)limit });
        TFOpLambda scale = (way & 2) == 0
            ? Operators.Call($"{name}_scale", "math.multiply", ("y", sixth))
            : Operators.Call($"{name}_scale", "math.truediv", ("y", sixth == 1.0 / 6 ? 6L : 1 / sixth));
        Multiply product = new() { Name = name };
        bool last = (way & 4) != 0;
        string gate = last ? $"{name}_relu" : $"{name}_scale";
        if (!last)
        {
            graph.Add(scale);
        }

        graph.Add(product, (way & 8) == 0 ? [x, gate] : [gate, x]);
        return last ? graph.Add(scale) : graph;
    }

    [Fact]
    public void Every_way_to_write_it_is_found() => Gen.Select(Gen.Int[0, 15], Gen.Bool, Gen.Bool).Sample((way, output, rounded) =>
    {
        Graph graph = Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y", "c", way, sixth: rounded ? (float)(1.0 / 6) : 1.0 / 6);
        if (!output)
        {
            graph.Conv("d", 1, 3, 2);
        }

        Model rewritten = Outputs.Rewrite<ReconstructHardSilu>(graph.Build());
        Assert.Equal(output ? "c activation" : "c activation d", Outputs.Names(rewritten));
        Assert.Equal("hard_silu", Assert.IsType<TableActivation>(rewritten["activation"].Layer).Function);
    });

    /// <summary>The listing of transforms.md 4.3: the later one gets the smaller number.</summary>
    [Fact]
    public void Names_are_given_from_the_last_to_the_first()
    {
        Graph graph = Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y1", "c").Conv("c2", 1, 3, 2);
        Model model = Add(graph, "y2", "c2", 2).Conv("c3", 1, 2, 2).Build();
        Assert.Equal("c activation_1 c2 activation c3", Outputs.Names(Outputs.Rewrite<ReconstructHardSilu>(model)));
    }

    [Fact]
    public void One_right_behind_the_other()
    {
        Model model = Add(Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y1", "c"), "y2", "y1", 4).Build();
        Model rewritten = Outputs.Rewrite<ReconstructHardSilu>(model);
        Assert.Equal("c activation_1 activation", Outputs.Names(rewritten));
        Assert.Equal(["activation"], rewritten.Outputs);
    }

    [Fact]
    public void Defect_6_a_layer_that_takes_both_sides_still_does()
    {
        Model model = Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y", "c").Sum("s", "c", "y").Build();
        Assert.Equal(["c", "activation"], Outputs.Rewrite<ReconstructHardSilu>(model)["s"].Inputs);
    }

    [Theory]
    [InlineData(2.5, 6, 1.0 / 6)]
    [InlineData(3, 5, 1.0 / 6)]
    [InlineData(3, 6, 0.16)]
    public void Other_constants_are_something_else(double shift, double limit, double sixth)
    {
        for (int way = 0; way < 16; way++)
        {
            Model model = Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y", "c", way, shift, limit, sixth).Build();
            Assert.Same(model, Outputs.Rewrite<ReconstructHardSilu>(model));
        }
    }

    [Theory]
    [InlineData("y_add")]
    [InlineData("y_relu")]
    [InlineData("y_scale")]
    public void What_something_else_takes_stays(string taken)
    {
        Model consumed = Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y", "c").Sum("s", taken, "y").Build();
        Model given = Add(new Graph(4, 4, 2).Conv("c", 1, 2, 3), "y", "c").Build("y", taken);
        Assert.Same(consumed, Outputs.Rewrite<ReconstructHardSilu>(consumed));
        Assert.Same(given, Outputs.Rewrite<ReconstructHardSilu>(given));
    }

    [Fact]
    public void The_gate_of_another_tensor_is_something_else()
    {
        Graph graph = new Graph(4, 4, 2).Conv("c", 1, 2, 3).Conv("d", 1, 2, 3, ["in"])
            .Add(Operators.Call("a", "math.add", ("y", 3.0)), "c").Add(new ReLU { Name = "r", MaxValue = 6 })
            .Add(Operators.Call("m", "math.multiply", ("y", 1.0 / 6))).Add(new Multiply { Name = "y" }, "d", "m");
        Model model = graph.Build();
        Assert.Same(model, Outputs.Rewrite<ReconstructHardSilu>(model));
    }

    [Fact]
    public void From_raw_functions_to_the_activation()
    {
        Model model = new Graph(4, 4, 2).Conv("c", 1, 2, 3)
            .Add(Operators.Call("tf.__operators__.add", "__operators__.add", ("y", 3L)))
            .Add(Operators.Call("tf.nn.relu6", "nn.relu6"))
            .Add(Operators.Call("tf.math.truediv", "math.truediv", ("y", 6.0)))
            .Add(Operators.Call("tf.math.multiply", "math.multiply", ("y", Tensor)), "c", "tf.math.truediv").Build();
        Assert.Equal("c activation", Outputs.Names(Outputs.Sanitize(model)));
    }
}
