using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Transforms;

public sealed class GraphEditorTests
{
    private static Model Branches() => new Graph(4, 4, 2)
        .ReLU("a").ReLU("b", "a").ReLU("c", "a").Sum("s", "b", "c").Build();

    [Fact]
    public void A_layer_is_inserted_behind_another_for_all_consumers()
    {
        GraphEditor editor = new(Branches());
        editor.InsertAfter("a", new Dropout { Name = "new" });
        Assert.Equal("in:InputLayer() a:ReLU(in) new:Dropout(a) b:ReLU(new) c:ReLU(new) s:Add(b,c)", Outputs.Listing(editor.Build()));
    }

    [Fact]
    public void A_layer_is_inserted_behind_another_for_some_consumers()
    {
        GraphEditor editor = new(Branches());
        editor.InsertAfter("a", new Dropout { Name = "new" }, ["c"]);
        Model model = editor.Build();
        Assert.Equal(["a"], model["b"].Inputs);
        Assert.Equal(["new"], model["c"].Inputs);
    }

    [Fact]
    public void Outputs_move_when_there_are_no_consumers()
    {
        GraphEditor editor = new(Branches());
        editor.InsertAfter("s", new Dropout { Name = "new" });
        Assert.Equal(["new"], editor.Build().Outputs);
    }

    [Theory]
    [InlineData(false, "a")]
    [InlineData(true, "new")]
    public void Outputs_with_consumers_move_only_when_asked(bool move, string expected)
    {
        GraphEditor editor = new(new Graph(4).ReLU("a").ReLU("b").Build("a", "b"));
        editor.InsertAfter("a", new Dropout { Name = "new" }, moveOutputs: move);
        Model model = editor.Build();
        Assert.Equal([expected, "b"], model.Outputs);
        Assert.Equal(["new"], model["b"].Inputs);
    }

    [Fact]
    public void One_of_two_connections_to_the_same_layer_is_redirected()
    {
        GraphEditor editor = new(new Graph(4).ReLU("a").Sum("s", "a", "a").Build());
        editor.InsertBefore("s", 0, new Dropout { Name = "new" });
        Assert.Equal(["new", "a"], editor.Build()["s"].Inputs);
    }

    [Fact]
    public void A_removed_layer_leaves_its_input_to_consumers_and_outputs()
    {
        GraphEditor editor = new(new Graph(4).ReLU("a").ReLU("b").ReLU("c").Build("b", "c"));
        editor.Remove("b");
        Model model = editor.Build();
        Assert.Equal("in:InputLayer() a:ReLU(in) c:ReLU(a)", Outputs.Listing(model));
        Assert.Equal(["a", "c"], model.Outputs);
    }

    [Fact]
    public void Swapped_layers_leave_consumers_and_outputs_to_the_first()
    {
        GraphEditor editor = new(new Graph(4).ReLU("a").ReLU("b").ReLU("c").Build("b", "c"));
        editor.Swap("a", "b");
        Model model = editor.Build();
        Assert.Equal("in:InputLayer() b:ReLU(in) a:ReLU(b) c:ReLU(a)", Outputs.Listing(model));
        Assert.Equal(["a", "c"], model.Outputs);
    }

    [Fact]
    public void Layers_with_something_between_are_not_swapped()
    {
        Assert.Throws<InvalidOperationException>(() => new GraphEditor(Branches()).Swap("a", "b"));
        Assert.Throws<InvalidOperationException>(() => new GraphEditor(new Graph(4).ReLU("a").ReLU("b").Build("a", "b")).Swap("a", "b"));
    }

    [Fact]
    public void A_name_is_not_taken_twice()
    {
        GraphEditor editor = new(Branches());
        QuantException error = Assert.Throws<QuantException>(() => editor.InsertAfter("a", new Dropout { Name = "b" }));
        Assert.Equal("LayerNameTaken", error.Id);
        Assert.Equal("b_1", editor.FreeName("b"));
        Assert.Equal("d", editor.FreeName("d"));
    }

    [Fact]
    public void Without_changes_the_model_stays_the_same_object()
    {
        Model model = Branches();
        Assert.Same(model, new GraphEditor(model).Build());
    }

    [Fact]
    public void A_sequential_model_stays_one()
    {
        GraphEditor editor = new(new Graph(4).ReLU("a").BuildSequential());
        editor.InsertAfter("a", new Dropout { Name = "new" });
        Model model = editor.Build();
        Assert.True(model.IsSequential);
        Assert.Equal("sequential", model.Name);
    }
}
