namespace AkidaQuant.Tests.Formats.Onnx.Operators;

public sealed class OnnxPoolingTests(ITestOutputHelper output)
{
    [Fact]
    public void Maxima() => OnnxCases.Check(output, 1, test => Pool(test, "MaxPool", ("ceil_mode", test.OneIn(2) ? null : 0)));

    [Fact]
    public void Maxima_that_round_up() => OnnxCases.Check(output, 1, test => Pool(test, "MaxPool", ("ceil_mode", 1)));

    [Fact]
    public void Maxima_that_dilate() => OnnxCases.Check(output, 0.35, test =>
    {
        int dilation = test.Between(1, 2);
        string x = test.Behind(test.Image(2, test.Between(5, 9), test.Between(5, 9)));
        return test.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 3 }), ("dilations", new[] { dilation, dilation }));
    });

    [Fact]
    public void Maxima_of_values_below_zero_never_see_the_pads() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Node("Sub", [test.Image(2, test.Between(3, 7), test.Between(3, 7)), test.Scalar(5)]);
        return test.Node("MaxPool", [x], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }));
    });

    [Fact]
    public void Averages() =>
        OnnxCases.Check(output, 1, test => Pool(test, "AveragePool", ("count_include_pad", test.Pick<int?>(null, 0, 1))));

    [Fact]
    public void Averages_that_round_up() =>
        OnnxCases.Check(output, 0.5, test =>
            Pool(test, "AveragePool", ("ceil_mode", 1), ("count_include_pad", test.Pick<int?>(null, 0, 1))));

    [Fact]
    public void Whole_images() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Node(test.Pick("GlobalAveragePool", "GlobalAveragePool", "GlobalMaxPool"), [test.Behind(test.Image())]);
        return test.OneIn(3) ? x : Head(test, test.OneIn(2) ? test.Node("Flatten", [x]) : test.Node("Squeeze", [x, test.Integers(2, 3)]));
    });

    [Fact]
    public void ReduceMean_with_axes_as_attribute() => OnnxCases.Check(output, 0.7, test =>
        {
            test.Graph.Opset = test.Pick(7, 11, 13, 17);
            bool negative = test.Graph.Opset >= 11 && test.OneIn(2);
            return Reduced(
                test,
                test.Node(
                    "ReduceMean",
                    [test.Behind(test.Image())],
                    ("axes", Axes(test, negative)),
                    ("keepdims", test.Pick<int?>(null, 0, 1))));
        });

    [Fact]
    public void ReduceMean_with_axes_as_input() => OnnxCases.Check(output, 0.7, test =>
        {
            test.Graph.Opset = test.Pick(18, 20, 21);
            long[] axes = [.. Axes(test, test.OneIn(2)).Select(axis => (long)axis)];
            return Reduced(
                test,
                test.Node("ReduceMean", [test.Behind(test.Image()), test.Integers(axes)], ("keepdims", test.Pick<int?>(null, 0, 1))));
        });

    private static int[] Axes(OnnxCase test, bool negative) => (negative, test.Random.Next(5)) switch
    {
        (true, 0) => [-1, -2],
        (true, 1) => [-3],
        (true, _) => [-2, -1],
        (false, 0) => [3, 2],
        (false, 1) => [test.Between(1, 3)],
        _ => [2, 3],
    };

    /// <summary>A dense layer behind it, where it is a row.</summary>
    private static string Reduced(OnnxCase test, string x) => test.OneIn(2) && test.ShapeOf(x).Rank == 1 ? Head(test, x) : x;

    private static string Head(OnnxCase test, string x) =>
        test.Node("Gemm", [x, test.Weights(3, test.ShapeOf(x).Size), test.Weights(3)], ("transB", 1));

    private static string Pool(OnnxCase test, string type, params (string Name, object? Value)[] attributes)
    {
        test.Graph.Opset = test.Pick(11, 13, 17, 19, 21);
        (int height, int width) = (test.Between(1, 4), test.Between(1, 4));
        (int rows, int columns) = (test.Between(1, 3), test.Between(1, 3));
        bool padsItself = rows <= height && columns <= width; // else the oracle takes pads to be negative
        string padding =
            attributes.Contains(("ceil_mode", 1)) || !padsItself
                ? "NOTSET"
                : test.Pick("NOTSET", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID");
        int[]? pads =
            padding != "NOTSET" || test.OneIn(3) ? null
            : test.OneIn(2) ? [height / 2, width / 2, height / 2, width / 2]
            : [test.Between(0, height - 1), test.Between(0, width - 1), test.Between(0, height - 1), test.Between(0, width - 1)];
        string x = test.Behind(test.Image(test.Between(1, 4), test.Between(height, height + 6), test.Between(width, width + 6)));
        return test.Node(
            type,
            [x],
            [
                ("kernel_shape", new[] { height, width }),
                ("strides", rows == 1 && columns == 1 && test.OneIn(2) ? null : new[] { rows, columns }),
                ("pads", pads),
                ("auto_pad", padding == "NOTSET" ? null : padding),
                .. attributes,
            ]);
    }
}
