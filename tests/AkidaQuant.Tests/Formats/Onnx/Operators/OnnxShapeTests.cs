using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Operators that move values, and those that leave them.</summary>
public sealed class OnnxShapeTests(ITestOutputHelper output)
{
    [Fact]
    public void Zeros_around_images_alone_and_before_a_convolution_or_pool() => OnnxCases.Check(output, 1, test =>
        {
            string x = Pad(
                test,
                test.Behind(test.Image(test.Between(1, 4), test.Between(3, 6), test.Between(3, 6))),
                "constant",
                test.OneIn(2) ? 0 : null,
                isImage: true);
            return test.Random.Next(4) switch
            {
                0 => x,
                1 => test.Node(
                    "Conv",
                    [x, test.Weights(2, test.Sample[0], 3, 3)],
                    ("strides", new[] { 2, 2 }),
                    ("pads", test.OneIn(2) ? null : new[] { 1, 1, 1, 1 })),
                2 => test.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })),
                _ => test.Node("Conv", [test.Node("Relu", [x]), test.Weights(test.Sample[0], 1, 3, 3)], ("group", test.Sample[0])),
            };
        });

    [Fact]
    public void Other_borders_are_right_or_refused() => OnnxCases.Check(output, 0.12, test =>
    {
        string x = test.Behind(test.Image(test.Between(2, 4), test.Between(3, 6), test.Between(3, 6)));
        return test.Random.Next(4) switch
        {
            0 => Pad(test, x, "reflect", null, isImage: true),
            1 => Pad(test, x, "edge", null, isImage: true),
            2 => Pad(test, x, "constant", test.OneIn(2) ? 0 : test.Between(-1f, 1f), isImage: true),
            _ => Pad(test, x, "constant", null, isImage: false),
        };
    });

    [Fact]
    public void Images_become_rows() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image());
        int size = test.Sample.Size;
        return test.Random.Next(4) switch
        {
            0 => test.Node("Flatten", [x], ("axis", test.Pick<int?>(null, 1))),
            1 => test.Node("Reshape", [x, test.Integers(-1, size)]),
            2 => test.Node("Reshape", [x, test.Integers(0, -1)]),
            _ => test.Node("Flatten", [x], ("axis", -3)),
        };
    });

    /// <summary>The old exporter takes the number of samples from the tensor itself.</summary>
    [Fact]
    public void Images_become_rows_by_shapes_that_the_network_computes() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image());
            string batch = test.OneIn(2)
                ? test.Node(
                    "Gather",
                    [
                        test.Node("Shape", [x]),
                        test.Graph.Constant(OnnxTensors.Make(string.Empty, new Shape(), new long[] { 0 }, OnnxElementType.Int64)),
                    ],
                    ("axis", 0))
                : test.Node("Squeeze", [test.Node("Slice", [test.Node("Shape", [x]), test.Integers(0), test.Integers(1)])]);
            string shape = test.Node(
                "Concat",
                [test.Node("Unsqueeze", [batch, test.Integers(0)]), test.Integers(test.OneIn(2) ? -1 : test.Sample.Size)],
                ("axis", 0));
            return Head(test, test.Node("Reshape", [x, shape]), test.Sample.Size);
        });

    [Fact]
    public void Rows_become_images() => OnnxCases.Check(output, 1, test =>
    {
        (int channels, int height, int width) = (test.Between(1, 4), test.Between(1, 4), test.Between(1, 4));
        string x = test.Behind(test.Row(channels * height * width));
        string image = test.Node("Reshape", [x, test.Integers(-1, channels, height, width)]);
        return test.OneIn(2) ? image : test.Node("Conv", [image, test.Weights(2, channels, 1, 1)]);
    });

    [Fact]
    public void Any_reshape_of_a_sample() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image(test.Pick(2, 4, 6), test.Pick(2, 4), test.Pick(2, 4, 6)));
            int size = test.Sample.Size;
            int first = test.Pick(1, 2, 4);
            string y = test.Node(
                "Reshape",
                [x, test.OneIn(2) ? test.Integers(-1, first, size / first) : test.Integers(-1, first, 2, size / first / 2)]);
            return Head(test, test.Node("Flatten", [test.OneIn(2) ? y : test.Node("Relu", [y])]), size);
        });

    /// <summary>ShuffleNet's way to mix channels.</summary>
    [Fact]
    public void Channels_are_shuffled() => OnnxCases.Check(output, 1, test =>
    {
        int groups = test.Between(2, 3);
        int each = test.Between(1, 3);
        (int height, int width) = (test.Between(1, 5), test.Between(1, 5));
        string x = test.Behind(test.Image(groups * each, height, width));
        string split = test.Node("Reshape", [x, test.Integers(-1, groups, each, height, width)]);
        string turned = test.Node("Transpose", [split], ("perm", new[] { 0, 2, 1, 3, 4 }));
        string y = test.Node("Reshape", [turned, test.Integers(-1, groups * each, height, width)]);
        return test.OneIn(2) ? y : test.Node("Conv", [y, test.Weights(2, groups * each, 1, 1)]);
    });

    [Fact]
    public void Samples_with_their_channels_last_are_turned_by_the_network() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Input(new Shape(test.Between(3, 6), test.Between(3, 6), test.Between(1, 2)));
        string turned = test.Node("Transpose", [x], ("perm", new[] { 0, 3, 1, 2 }));
        return test.Node("Conv", [turned, test.Weights(3, test.Sample[2], 3, 3), test.Weights(3)]);
    });

    [Fact]
    public void Transposes_whose_values_end_in_a_row() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(test.Between(1, 4), test.Between(1, 4), test.Between(1, 4)));
        int[] perm = test.Pick<int[]>([0, 1, 2, 3], [0, 1, 3, 2], [0, 2, 1, 3], [0, 2, 3, 1], [0, 3, 1, 2], [0, 3, 2, 1]);
        return Head(test, test.Node("Flatten", [test.Node("Transpose", [x], ("perm", perm))]), test.Sample.Size);
    });

    [Fact]
    public void Transposes_that_undo_each_other() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image());
            string last = test.Node("Transpose", [x], ("perm", new[] { 0, 2, 3, 1 }));
            string middle = test.Random.Next(3) switch
            {
                0 => last,
                1 => test.Node("Relu", [last]),
                _ => test.Node("Add", [last, test.Weights(test.Sample[0])]),
            };
            return test.Node("Transpose", [middle], ("perm", new[] { 0, 3, 1, 2 }));
        });

    [Fact]
    public void Axes_of_size_1_come_and_go() => OnnxCases.Check(output, 1, test =>
        {
            bool old = test.OneIn(2);
            test.Graph.Opset = old ? 11 : 17;
            string pooled = test.Node("GlobalAveragePool", [test.Behind(test.Image())]);
            int channels = test.Sample[0];
            string row = old
                ? test.Node("Squeeze", [pooled], ("axes", test.Pick<int[]>([2, 3], [3, 2], [-1, -2])))
                : test.Node("Squeeze", [pooled, test.OneIn(2) ? test.Integers(2, 3) : test.Integers(-1, -2)]);
            string y = test.OneIn(2) ? row : Head(test, row, channels);
            return test.OneIn(2) ? y
                : old ? test.Node("Unsqueeze", [y], ("axes", new[] { 2, 3 }))
                : test.Node("Unsqueeze", [y, test.Integers(2, 3)]);
        });

    [Fact]
    public void Operators_that_leave_values_as_they_are() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.OneIn(3) ? test.Row(test.Between(1, 9)) : test.Image();
        string y = test.Random.Next(4) switch
        {
            0 => test.Node("Dropout", [x]),
            1 => test.Node("Dropout", [x, test.Scalar(0.3f)]),
            2 => test.Node("Identity", [x]),
            _ => test.Node("Cast", [x], ("to", 1)),
        };
        return test.OneIn(2) ? y : test.Node("Relu", [y]);
    });

    [Fact]
    public void Images_of_twice_the_size() => OnnxCases.Check(output, 0.48, test =>
        {
            test.Graph.Opset = test.Pick(9, 11, 13, 18);
            string x = test.Behind(test.Image(test.Between(1, 4), test.Between(1, 5), test.Between(1, 5)));
            bool bySize = test.Graph.Opset > 9 && test.OneIn(3);
            if (bySize)
            {
                // The size of an output counts samples, too.
                test.Graph.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
            }

            string? roi = test.Graph.Opset > 11 && test.OneIn(2) ? null : test.Graph.Floats(new Shape(0), []);
            string scales = test.Constant(new Shape(4), [1, 1, test.OneIn(5) ? 3 : 2, 2]);
            string y =
                test.Graph.Opset == 9 ? test.Node("Upsample", [x, scales], ("mode", "nearest"))
                : bySize
                    ? test.Node(
                        "Resize",
                        [
                            x,
                            roi,
                            test.Graph.Opset == 11 ? test.Graph.Floats(new Shape(0), []) : null,
                            test.Graph.Vector(1, test.Sample[0], test.Sample[1] * 2, test.Sample[2] * 2),
                        ],
                        ("mode", "nearest"),
                        ("coordinate_transformation_mode", "asymmetric"),
                        ("nearest_mode", "floor"))
                : test.Node(
                    "Resize",
                    [x, roi, scales],
                    ("mode", test.OneIn(6) ? "linear" : "nearest"),
                    (
                        "coordinate_transformation_mode",
                        test.Pick("asymmetric", "asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel")),
                    ("nearest_mode", test.Pick("floor", "floor", "ceil", "round_prefer_floor")));
            return test.OneIn(2) ? y : test.Node("Relu", [y]);
        });

    /// <summary>What the network gives in the end has the order of ONNX: rows as they are, images with their channels last.</summary>
    [Fact]
    public void Outputs_of_any_rank() => OnnxCases.Check(output, 1, test =>
        {
            (int channels, int height, int width) = (test.Between(2, 3), 4, 5);
            string x = test.Behind(test.Image(channels, height, width));
            return test.Random.Next(5) switch
            {
                0 => test.Node("Reshape", [x, test.Integers(-1, channels, height * width)]),
                1 => test.Node(
                    "Transpose",
                    [test.Node("Reshape", [x, test.Integers(-1, channels, height * width)])],
                    ("perm", new[] { 0, 2, 1 })),
                2 => test.Node("Reshape", [x, test.Integers(-1, height, channels, width)]),
                3 => test.Node("Flatten", [test.Node("Relu", [x])]),
                _ => test.Node("Relu", [test.Node("Flatten", [x])]),
            };
        });

    private static string Head(OnnxCase test, string row, int size) =>
        test.Node("Gemm", [row, test.Weights(3, size), test.Weights(3)], ("transB", 1));

    private static string Pad(OnnxCase test, string x, string mode, float? value, bool isImage)
    {
        test.Graph.Opset = test.Pick(10, 11, 13, 18);
        int rank = test.Sample.Rank + 1;
        long[] pads = new long[2 * rank];
        for (int axis = isImage ? 2 : 1; axis < rank; axis++)
        {
            (pads[axis], pads[axis + rank]) = (test.Between(0, 2), test.Between(0, 2));
        }

        if (test.Graph.Opset == 10)
        {
            return test.Node("Pad", [x], ("pads", pads), ("mode", mode), ("value", value));
        }

        string? constant = value is { } number ? test.Scalar(number) : null;
        return test.Graph.Opset == 18 && isImage
            ? test.Node(
                "Pad",
                [x, test.Integers(pads[2], pads[3], pads[6], pads[7]), constant, test.Integers(2, test.Pick(3, -1))],
                ("mode", mode))
            : test.Node("Pad", [x, test.Integers(pads), constant], ("mode", mode));
    }
}
