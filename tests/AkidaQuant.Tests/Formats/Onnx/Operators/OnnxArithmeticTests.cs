namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Sums and products with constants and of tensors.</summary>
public sealed class OnnxArithmeticTests(ITestOutputHelper output)
{
    [Fact]
    public void One_number_on_either_side() => OnnxCases.Check(output, 0.9, test => WithConstant(
                test,
                Start(test),
                test.Random.Next(3) switch
                {
                    0 => test.Scalar(Away(test)),
                    1 => test.Constant(new Shape(1), [Away(test)]),
                    _ => test.Constant(new Shape(1, 1, 1, 1), [Away(test)]),
                }));

    [Fact]
    public void One_number_a_channel_on_either_side() => OnnxCases.Check(output, 0.9, test =>
    {
        string x = test.Behind(test.Image());
        int channels = test.Sample[0];
        Shape shape = test.OneIn(2) ? new Shape(channels, 1, 1) : new Shape(1, channels, 1, 1);
        return WithConstant(test, x, test.Constant(shape, [.. Enumerable.Range(0, channels).Select(_ => Away(test))]));
    });

    /// <summary>A vector meets the columns of an image, not its channels.</summary>
    [Fact]
    public void Constants_of_any_shape_that_broadcasts() => OnnxCases.Check(output, 0.25, test =>
    {
        string x = test.Behind(test.Image());
        int[] shape = [.. test.Sample.Select(size => test.OneIn(2) ? 1 : size)];
        Shape constant = new(shape[test.Between(0, 2)..]);
        return WithConstant(test, x, test.Constant(constant, [.. Enumerable.Range(0, constant.Size).Select(_ => Away(test))]));
    });

    [Fact]
    public void Chains_of_constants_before_and_after_a_convolution() => OnnxCases.Check(output, 0.8, test =>
        {
            string x = test.Image(test.Between(1, 4), test.Between(3, 6), test.Between(3, 6));
            for (int i = test.Between(1, 3); i > 0; i--)
            {
                x = WithConstant(
                    test,
                    x,
                    test.OneIn(2)
                        ? test.Scalar(Away(test))
                        : test.Constant(
                            new Shape(1, test.Sample[0], 1, 1),
                            [.. Enumerable.Range(0, test.Sample[0]).Select(_ => Away(test))]));
            }

            x = test.Node(
                "Conv",
                [x, test.Weights(4, test.Sample[0], 3, 3), test.OneIn(2) ? null : test.Weights(4)],
                ("pads", test.OneIn(2) ? null : new[] { 1, 1, 1, 1 }));
            return test.OneIn(2)
                ? x
                : WithConstant(test, x, test.Constant(new Shape(4, 1, 1), [.. Enumerable.Range(0, 4).Select(_ => Away(test))]));
        });

    [Fact]
    public void Sums_of_tensors() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Image();
        string[] terms = [.. Enumerable.Range(0, test.Between(2, 4)).Select(_ => Branch(test, x))];
        return terms.Length == 2 && test.OneIn(2) ? test.Node("Add", terms) : test.Node("Sum", terms);
    });

    [Fact]
    public void A_tensor_with_itself() => OnnxCases.Check(output, 1, test =>
    {
        string x = Start(test);
        return test.Node(test.Pick("Add", "Mul", "Sub"), [x, x]);
    });

    [Fact]
    public void Differences_products_and_quotients_of_tensors() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Image();
        string divisor = test.Node("Add", [test.Node("Sigmoid", [Branch(test, x)]), test.Scalar(1)]);
        return test.Random.Next(3) switch
        {
            0 => test.Node("Sub", [Branch(test, x), Branch(test, x)]),
            1 => test.Node("Mul", [Branch(test, x), Branch(test, x)]),
            _ => test.Node("Div", [Branch(test, x), divisor]),
        };
    });

    [Fact]
    public void Squeeze_and_excitation() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image(test.Between(2, 6), test.Between(1, 6), test.Between(1, 6)));
            int channels = test.Sample[0];
            test.Graph.Opset = 17;
            string pooled = test.OneIn(2)
                ? test.Node("GlobalAveragePool", [x])
                : test.Node("ReduceMean", [x], ("axes", new[] { 2, 3 }), ("keepdims", 1));
            string gate;
            if (test.OneIn(2))
            {
                string hidden = test.Node("Relu", [test.Node("Conv", [pooled, test.Weights(2, channels, 1, 1), test.Weights(2)])]);
                gate = test.Node(
                    test.Pick("Sigmoid", "HardSigmoid"),
                    [test.Node("Conv", [hidden, test.Weights(channels, 2, 1, 1), test.Weights(channels)])]);
            }
            else
            {
                string row = test.Node("Flatten", [pooled]);
                string hidden = test.Node("Relu", [test.Node("Gemm", [row, test.Weights(2, channels), test.Weights(2)], ("transB", 1))]);
                string all = test.Node(
                    "Sigmoid",
                    [test.Node("Gemm", [hidden, test.Weights(channels, 2), test.Weights(channels)], ("transB", 1))]);
                gate = test.OneIn(2)
                    ? test.Node("Reshape", [all, test.Integers(-1, channels, 1, 1)])
                    : test.Node("Unsqueeze", [all, test.Integers(2, 3)]);
            }

            return test.Node("Mul", test.OneIn(2) ? [x, gate] : [gate, x]);
        });

    [Fact]
    public void Tensors_that_broadcast() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(test.Between(2, 4), test.Between(2, 4), test.Between(2, 4)));
        string small = test.Random.Next(3) switch
        {
            0 => test.Node("GlobalAveragePool", [x]),
            1 => test.Node("Conv", [x, test.Weights(1, test.Sample[0], 1, 1)]),
            _ => test.Node("AveragePool", [x], ("kernel_shape", new[] { test.Sample[1], 1 })),
        };
        string type = test.Pick("Add", "Mul", "Sub");
        return test.Node(type, test.OneIn(2) ? [x, small] : [small, x]);
    });

    [Fact]
    public void Concatenations_of_channels() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Image();
        string[] parts = [.. Enumerable.Range(0, test.Between(1, 4)).Select(_ => Branch(test, x, test.Between(1, 4)))];
        string joined = test.Node("Concat", parts, ("axis", test.Pick(1, -3)));
        return test.OneIn(2) ? joined : test.Node("Relu", [joined]);
    });

    [Fact]
    public void Concatenations_of_any_axis() => OnnxCases.Check(output, 1, test =>
    {
        bool isRow = test.OneIn(2);
        string x = isRow ? test.Row(test.Between(1, 6)) : test.Image();
        string y = test.Node("Relu", [x]);
        return test.Node("Concat", [x, y], ("axis", isRow ? test.Pick(1, -1) : test.Pick(1, 2, 3)));
    });

    private static string WithConstant(OnnxCase test, string x, string constant)
    {
        string type = test.Pick("Add", "Sub", "Mul", "Div");
        return test.Node(type, test.OneIn(2) && (type != "Div" || test.OneIn(4)) ? [constant, x] : [x, constant]);
    }

    private static string Branch(OnnxCase test, string x, int? channels = null) =>
        test.Random.Next(channels is null ? 3 : 1) switch
        {
            0 => test.Node(
                "Conv",
                [
                    x,
                    test.Weights(channels ?? test.Sample[0], test.Sample[0], 1, 1),
                    test.OneIn(2) ? null : test.Weights(channels ?? test.Sample[0]),
                ]),
            1 => x,
            _ => test.Node("Relu", [x]),
        };

    private static string Start(OnnxCase test) =>
        test.Behind(test.OneIn(3) ? test.Input(new Shape(test.Between(1, 4), 2, 3)) : test.Image());

    private static float Away(OnnxCase test) => test.Between(0.2f, 2f) * (test.OneIn(2) ? 1 : -1);
}
