using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Batch normalizations that no kernel in front takes in, which stay in float (transforms.md 4.11).</summary>
public sealed class NormalizationRepairTests
{
    [Fact]
    public void It_goes_into_the_kernel_behind_where_nothing_is_padded()
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Normalize("bn", 4).Conv("last", 3, 4, 2).Build(),
            [Judgement.StaysFloat]);
        Assert.Null(repaired.Find("bn"));
        RepairChange change = Assert.Single(repaired.Repair!.Changes);
        Assert.Equal("is folded into the kernel of 'last' behind it", change.Action);
        Assert.Equal(0, change.AddedMacs);
    }

    [Fact]
    public void Of_a_row_it_goes_into_the_dense_layer_behind()
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Add(new Flatten { Name = "flat" }).Dense("hidden", 100, 5).ReLU("relu_1")
                .Normalize("bn", 5, with: bn => bn with { Scale = false }).Dense("last", 5, 2, with: last => last with { UseBias = false }).Build(),
            [Judgement.StaysFloat]);
        Assert.Null(repaired.Find("bn"));
    }

    [Fact]
    public void In_front_of_a_border_of_zeros_it_is_a_convolution_of_one_cell()
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Normalize("bn", 4)
                .Conv("last", 3, 4, 2, with: last => last with { Window = Graph.Window(3, padding: Padding.Same) }).Build(),
            [Judgement.StaysFloat]);
        Assert.Equal((1, 1), ((Conv2D)repaired.NodeOf("bn").Layer).Window.KernelSize);
        Assert.Equal(5 * 5 * 16, Assert.Single(repaired.Repair!.Changes).AddedMacs);
    }

    [Fact]
    public void Of_a_row_that_an_activation_takes_it_is_a_dense_layer()
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").GlobalAverage("gap").Dense("hidden", 4, 5).ReLU("relu_1")
                .Normalize("bn", 5).ReLU("relu_2").Dense("last", 5, 2).Build(),
            [Judgement.StaysFloat]);
        Assert.IsType<Dense>(repaired.NodeOf("bn").Layer);
    }

    /// <summary>A gamma of 0 gives a channel of nothing but beta.</summary>
    [Fact]
    public void A_gamma_of_zero_is_a_zero_weight()
    {
        RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu")
                .Normalize("bn", 4, with: bn => bn with { Gamma = NdArray<float>.Vector([0.5f, 0, 1, 0.25f]) })
                .Conv("last", 3, 4, 2, with: last => last with { Window = Graph.Window(3, padding: Padding.Same) }).Build());
    }

    /// <summary>With the float end of a network nothing is wrong.</summary>
    [Fact]
    public void Behind_the_last_kernel_it_stays() =>
        RepairCase.CheckUntouched(new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Normalize("bn", 4).Build());
}
