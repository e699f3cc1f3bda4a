using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>The stages that stand for a pool, computed and compared.</summary>
public sealed class PoolStageTests
{
    [Fact]
    public void Stages_give_what_the_pool_gives() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[5, 12], Gen.Int[5, 12], Gen.Bool)
            .Sample(
                (size, stride, before, after, height, width, isNeverNegative) =>
                {
                    MaxPooling2D pool = new()
                    {
                        Name = "pool",
                        Window = Graph.Window(size, stride, Padding.Explicit) with
                        {
                            Pads = new EdgePads(Math.Min(before, size - 1), 0, Math.Min(after, size - 1), Math.Min(before, size - 1)),
                        },
                    };
                    ConvolutionGeometry geometry = pool.Window.Over(pool, new Shape(height, width, 3), 3);
                    if (geometry.MeetsImageEverywhere && PoolStage.Find(geometry, isNeverNegative) is { } stages)
                    {
                        Model expected = new Graph(height, width, 3).Add(pool).Build();
                        Model staged = Staged(height, width, stages, isNeverNegative);
                        Assert.Equal(Outputs(expected, isNeverNegative), Outputs(staged, isNeverNegative));
                    }
                },
                iter: 300,
                threads: 1);

    [Theory]
    [InlineData(3, 2, Padding.Same, 11)]
    [InlineData(3, 2, Padding.Same, 12)]
    [InlineData(3, 2, Padding.Valid, 11)]
    [InlineData(3, 2, Padding.Valid, 12)]
    [InlineData(3, 1, Padding.Same, 7)]
    [InlineData(3, 2, Padding.SameUpper, 12)]
    public void Pools_of_3x3_are_two_that_processors_have(int size, int stride, Padding padding, int image)
    {
        MaxPooling2D pool = new() { Name = "pool", Window = Graph.Window(size, stride, padding) };
        IReadOnlyList<PoolStage> stages = PoolStage.Find(pool.Window.Over(pool, new Shape(image, image, 1), 1), isNeverNegative: true)!;
        Assert.Equal([(2, 1), (2, stride)], stages.Select(stage => (stage.Size, stage.Stride)));
        Assert.True(padding == Padding.Valid || stages.All(stage => stage.Padding == Padding.Same));
    }

    [Fact]
    public void Zeros_do_not_stand_for_padding_where_values_are_negative()
    {
        // 3x3 with a row of pads on each side starts before the image, which only a moved image would pool with "same" and an even size.
        MaxPooling2D pool = new() { Name = "pool", Window = Graph.Window(3, 2, Padding.Explicit) with { Pads = new EdgePads(1, 1, 1, 1) } };
        ConvolutionGeometry geometry = pool.Window.Over(pool, new Shape(8, 8, 1), 1);
        Assert.Null(PoolStage.Find(geometry, isNeverNegative: false));
        Assert.NotNull(PoolStage.Find(geometry, isNeverNegative: true));
    }

    private static float[] Outputs(Model model, bool isNeverNegative) =>
        [.. RepairCase
            .Floats(model, RandomSamples.CreateFloats(model.InputShape, 4, 3, isNeverNegative ? 0 : -1, 1))
            .SelectMany(values => values)];

    private static Model Staged(int height, int width, IReadOnlyList<PoolStage> stages, bool isNeverNegative)
    {
        Graph graph = new(height, width, 3);
        for (int i = 0; i < stages.Count; i++)
        {
            graph
                .Add(PoolPlace.Convolution($"conv{i}", 3, stages[i]))
                .Add(new MaxPooling2D { Name = $"pool{i}", Window = stages[i].Window });
            if (isNeverNegative)
            {
                graph.ReLU($"relu{i}");
            }
        }

        return graph.Build();
    }
}
