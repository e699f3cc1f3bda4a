using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>A layer with a layer as its activation stands for the first one until both are put in its place.</summary>
public sealed class ActivatedLayerTests
{
    private static readonly ActivatedLayer Both = new()
    {
        Name = "d",
        Inner = new Dense { Name = "d", Units = 1, UseBias = false },
        Behind = new LeakyReLU { Name = "x" },
        StoredArguments = new Dictionary<string, object?> { ["trainable"] = false },
    };

    [Fact]
    public void It_is_stored_as_the_layer_alone()
    {
        Assert.Equal(("Dense", 1), (Both.ClassName, Both.InputCount));
        Assert.True(Both.TakesInputs(1));
        Assert.Equal(["d/kernel:0"], Both.Variables.Select(variable => variable.Name));
        Layer filled = Both.WithVariables([NdArray<float>.Filled(new Shape(2, 1), 3)]);
        Assert.Equal([3, 3], Assert.IsType<ActivatedLayer>(filled).Inner.Variables[0].Value.Values);
        Assert.True(Both.Plain.IsFrozen);
        Assert.Throws<InvalidOperationException>(() => Both.Prepare([]));
    }

    [Fact]
    public void Both_are_put_in_its_place_with_names_of_their_own()
    {
        Model model = NestedModels.Flatten(Model.Create(
            "m",
            isSequential: false,
            [
                new Node(new InputLayer { Name = "in", Shape = new Shape(2) }, []),
                new Node(Both, ["in"]),
                new Node(new ReLU { Name = "d_activ" }, ["d"]),
            ],
            ["d_activ", "d"]));
        Assert.Equal(["in", "d", "d_d_activ", "d_activ"], model.Nodes.Select(node => node.Name));
        Assert.Equal(["d_activ", "d_d_activ"], model.Outputs);
    }
}
