using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

public sealed class OnnxDenseTests(ITestOutputHelper output)
{
    [Fact]
    public void Gemm_with_any_attributes_and_bias() => OnnxCases.Check(output, 1, test =>
    {
        (int inputs, int units) = (test.Between(1, 12), test.Between(1, 8));
        bool turned = test.OneIn(2);
        string x = test.Behind(test.Row(inputs));
        string? bias = test.Random.Next(5) switch
        {
            0 => null,
            1 => test.Weights(),
            2 => test.Weights(1),
            3 => test.Weights(1, units),
            _ => test.Weights(units),
        };
        return test.Node(
            "Gemm",
            [x, turned ? test.Weights(units, inputs) : test.Weights(inputs, units), bias],
            ("alpha", test.OneIn(3) ? test.Between(-2f, 2f) : null),
            ("beta", test.OneIn(3) ? test.Between(-2f, 2f) : null),
            ("transA", test.OneIn(2) ? 0 : null),
            ("transB", turned ? 1 : test.OneIn(2) ? 0 : null));
    });

    /// <summary>It mixes the samples of a batch.</summary>
    [Fact]
    public void Gemm_that_transposes_its_samples_is_refused()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2));
        graph.Output(graph.Node("Gemm", [x, graph.Floats(new Shape(2, 2), [1, 2, 3, 4])], ("transA", 1)));
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", graph.ToBytes()));
        Assert.Contains("transA", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MatMul_with_and_without_Add() => OnnxCases.Check(output, 1, test =>
    {
        (int inputs, int units) = (test.Between(1, 12), test.Between(1, 8));
        string y = test.Node("MatMul", [test.Behind(test.Row(inputs)), test.Weights(inputs, units)]);
        string bias = test.OneIn(3) ? test.Weights(1, units) : test.OneIn(4) ? test.Weights() : test.Weights(units);
        return test.OneIn(4) ? y : test.OneIn(2) ? test.Node("Add", [y, bias]) : test.Node("Add", [bias, y]);
    });

    /// <summary>Rows of an image come channel by channel in ONNX.</summary>
    [Fact]
    public void Dense_layers_behind_images() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(test.Between(1, 5), test.Between(1, 5), test.Between(1, 5)));
        int size = test.Sample.Size;
        string row = test.Random.Next(4) switch
        {
            0 => test.Node("Reshape", [x, test.Integers(-1, size)]),
            1 => test.Node("Reshape", [x, test.Integers(0, -1)]),
            2 => test.Node("Flatten", [x], ("axis", 1)),
            _ => test.Node("Flatten", [x]),
        };
        int units = test.Between(1, 6);
        string y = test.OneIn(3)
            ? test.Node("MatMul", [row, test.Weights(size, units)])
            : test.Node("Gemm", [row, test.Weights(units, size), test.Weights(units)], ("transB", 1));
        return test.OneIn(2) ? y : test.Node("Gemm", [test.Node("Relu", [y]), test.Weights(units, 3), test.Weights(3)]);
    });

    /// <summary>Rows that pass other layers on their way are still those of an image.</summary>
    [Fact]
    public void Dense_layers_behind_rows_that_other_layers_changed() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Image(test.Between(2, 5), test.Between(1, 4), test.Between(2, 4));
            int size = test.Sample.Size;
            string row = test.Node("Flatten", [test.Behind(x)]);
            row = test.Random.Next(6) switch
            {
                0 => test.Node("Relu", [row]),
                1 => test.Node("Mul", [row, test.Weights(size)]),
                2 => test.Node("Add", [row, test.Weights(1, size)]),
                3 => test.Node(
                    "BatchNormalization",
                    [row, test.Weights(size), test.Weights(size), test.Weights(size), test.Weights(0.5f, 2, size)]),
                4 => test.Node("Add", [row, test.Node("Relu", [row])]),
                _ => test.Node("Dropout", [row]),
            };
            return test.Node("Gemm", [row, test.Weights(4, size), test.Weights(4)], ("transB", 1));
        });
}
