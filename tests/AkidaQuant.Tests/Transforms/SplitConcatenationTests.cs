using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>transforms.md 5.1.</summary>
public sealed class SplitConcatenationTests
{
    [Fact]
    public void Any_number_of_tensors_is_joined_two_at_a_time_to_the_same_values() =>
        Gen.Select(Gen.OneOf("a", "b", "c").Array[2, 6], Gen.OneOf(-1, 3, 1))
            .Sample(
                (inputs, axis) =>
                {
                    Graph graph = new Graph(4, 4, 2).Conv("a", 1, 2, 3, ["in"]).Conv("b", 1, 2, 3, ["in"]).Conv("c", 1, 2, 3, ["in"]);
                    Model rewritten = Outputs.Rewrite<SplitConcatenations>(
                        graph.Add(new Concatenate { Name = "cat", Axis = axis }, inputs).Build());
                    Node[] joins = [.. rewritten.Nodes.Where(node => node.Layer is Concatenate)];
                    Assert.Equal(inputs.Length - 1, joins.Length);
                    Assert.All(joins, join => Assert.Equal(2, join.Inputs.Count));
                    Assert.Equal(["cat"], rewritten.Outputs);
                },
                iter: 100);

    [Fact]
    public void Links_are_named_after_the_tensor_that_they_add()
    {
        Graph graph = new Graph(4, 4, 2)
            .Conv("a", 1, 2, 3, ["in"])
            .Conv("b", 1, 2, 3, ["in"])
            .Conv("c", 1, 2, 3, ["in"])
            .Conv("d", 1, 2, 3, ["in"]);
        Model rewritten = Outputs.Rewrite<SplitConcatenations>(graph.Add(new Concatenate { Name = "cat" }, "a", "b", "c", "d").Build());
        Assert.Equal(["a", "b"], rewritten["cat_b"].Inputs);
        Assert.Equal(["cat_b", "c"], rewritten["cat_c"].Inputs);
        Assert.Equal(["cat_c", "d"], rewritten["cat"].Inputs);
    }
}
