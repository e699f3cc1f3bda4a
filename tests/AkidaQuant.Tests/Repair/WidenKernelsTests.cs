using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Kernels without padding that shorten one axis more than the other.</summary>
public sealed class WidenKernelsTests
{
    [Fact]
    public void Outputs_that_are_not_wanted_meet_zeros_of_the_dense_layer() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 2], Gen.Int[0, 3], Gen.Int[9, 11])
            .Where(choice => choice.Item1 != choice.Item2)
            .Sample(
                (rows, columns, stride, kind, size) =>
                {
                    Graph graph = Stem(size, size).Conv("odd", 1, 4, 4, with: odd => odd with
                    {
                        Window = new ConvolutionWindow { KernelSize = (rows, columns), Strides = (stride, stride) },
                    }).ReLU("relu_1");
                    graph = kind switch
                    {
                        0 => graph.Conv("next", 2, 4, 3).ReLU("relu_2"),
                        1 => graph.Depthwise("next", 3, 4).Conv("point", 1, 4, 3).ReLU("relu_2"),
                        2 => graph.Add(new Dropout { Name = "drop_1" }),
                        _ => graph.Conv("next", 2, 4, 3, with: next => next with { Window = Graph.Window(2, 2) }).ReLU("relu_2"),
                    };
                    int inputs = graph.Build().Plan.Output.Shape.Size;
                    Model repaired = RepairCase.Check(
                        graph.Add(new Flatten { Name = "flat" }).Add(new Dropout { Name = "drop" }).Dense("last", inputs, 3).Build());
                    ConvolutionWindow window = SpatialKernel.Window(repaired.NodeOf("odd").Layer)!;
                    Assert.Equal(window.KernelSize.Height, window.KernelSize.Width);
                },
                iter: 20,
                threads: 1);

    /// <summary>Signals, as images of one row.</summary>
    [Fact]
    public void Convolutions_of_a_signal_follow_each_other()
    {
        ConvolutionWindow window = new() { KernelSize = (1, 3) };
        Graph graph = Stem(1, 16).Conv("first", 1, 4, 4, with: own => own with { Window = window }).ReLU("relu_1")
            .Conv("second", 1, 4, 5, with: own => own with { Window = window }).ReLU("relu_2");
        Model repaired = RepairCase.Check(
            graph.Add(new Flatten { Name = "flat" }).Dense("last", 12 * 5, 3).Build(), ["AkidaKernelNotSquare", "AkidaKernelNotSquare"]);
        Assert.Equal(
            "has its kernel among zeros of one of 3x3 and gives more rows or columns, which 'last' has zeros for",
            repaired.Repair!.Changes[0].Action);
        Assert.Equal(16 * 5, ((Dense)repaired.NodeOf("last").Layer).Kernel.Shape[0]);
    }

    [Fact]
    public void What_a_border_of_zeros_or_an_average_follows_stays()
    {
        ConvolutionWindow window = new() { KernelSize = (1, 3) };
        Graph graph = Stem(9, 9).Conv("odd", 1, 4, 4, with: own => own with { Window = window }).ReLU("relu_1");
        RepairCase.CheckUntouched(graph.GlobalAverage("gap").Dense("last", 4, 2).Build());
        graph = Stem(9, 9).Conv("odd", 1, 4, 4, with: own => own with { Window = window }).ReLU("relu_1")
            .Conv("next", 3, 4, 2, with: next => next with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("relu_2");
        RepairCase.CheckUntouched(graph.Add(new Flatten { Name = "flat" }).Dense("last", 9 * 7 * 2, 2).Build());
    }

    private static Graph Stem(int height, int width) => new Graph(height, width, 3).Conv("stem", 1, 3, 4).ReLU("relu_0");
}
