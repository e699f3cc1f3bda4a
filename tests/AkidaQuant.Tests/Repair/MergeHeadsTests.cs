using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Several heads on one tensor: an Akida model has one output (convert.md 2.1).</summary>
public sealed class MergeHeadsTests
{
    private static readonly string[] Outputs = ["boxes", "classes", "marks"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Convolutions_that_are_outputs_become_one_with_slices_in_their_places(bool hasBias)
    {
        Model model = Backbone()
            .Conv("boxes", 1, 4, 2, ["relu"], own => own with { UseBias = hasBias }).Conv("classes", 1, 4, 3, ["relu"])
            .Conv("marks", 1, 4, 1, ["relu"], own => own with { UseBias = false }).Build(Outputs);
        Model repaired = RepairCase.Check(model, ["AkidaSeveralOutputs"]);
        Assert.Equal(Outputs, repaired.Outputs);
        Assert.All(Outputs, output => Assert.IsType<SlicingOpLambda>(repaired.NodeOf(output).Layer));
        Assert.Equal(6, ((Conv2D)repaired.NodeOf("boxes_heads").Layer).Filters);
        RepairChange change = Assert.Single(repaired.Repair!.Changes);
        Assert.Equal(
            "is computed together with 'classes', 'marks' by the new layer 'boxes_heads', of which each takes its channels", change.Action);
        Assert.Equal(0, change.AddedMacs);

        // The reference converts networks of one output.
        Assert.True(change.IsOwnForm);
    }

    [Fact]
    public void Dense_heads_become_one() =>
        RepairCase.Check(
            Backbone().GlobalAverage("gap").Dense("first", 4, 3).Add(new Dense
            {
                Name = "second",
                Units = 2,
                Kernel = new Graph(1).Values(4, 2),
                UseBias = false,
            }, "gap").Build("first", "second"),
            ["AkidaSeveralOutputs"]);

    [Fact]
    public void A_smaller_kernel_goes_among_zeros()
    {
        Model repaired = RepairCase.Check(
            Backbone().Conv("wide", 3, 4, 2, ["relu"], own => own with { Window = Graph.Window(3, padding: Padding.Same) })
                .Conv("point", 1, 4, 3, ["relu"]).Build("wide", "point"));
        Assert.Equal((3, 3), ((Conv2D)repaired.NodeOf("wide_heads").Layer).Window.KernelSize);
    }

    /// <summary>One output, of floats that take two tensors.</summary>
    [Fact]
    public void Heads_that_floats_join_become_one()
    {
        Model repaired = RepairCase.Check(
            Backbone().Conv("boxes", 1, 4, 2, ["relu"]).Conv("classes", 1, 4, 3, ["relu"])
                .Add(new Activation { Name = "squash", Function = "sigmoid" }, "boxes").Add(new Softmax { Name = "softmax" }, "classes")
                .Add(new Concatenate { Name = "all" }, "squash", "softmax").Build());
        Assert.False(Assert.Single(repaired.Repair!.Changes).IsOwnForm);
    }

    [Fact]
    public void Heads_of_different_tensors_stay() =>
        RepairCase.CheckUntouched(
            Backbone().Conv("next", 3, 4, 4, ["relu"]).ReLU("deep").Conv("shallow", 1, 4, 2, ["relu"]).Conv("last", 1, 4, 3, ["deep"])
                .Build("shallow", "last"));

    private static Graph Backbone() => new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu");
}
