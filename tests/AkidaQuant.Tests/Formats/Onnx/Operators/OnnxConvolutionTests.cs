namespace AkidaQuant.Tests.Formats.Onnx.Operators;

public sealed class OnnxConvolutionTests(ITestOutputHelper output)
{
    [Fact]
    public void Convolutions_with_pads() => OnnxCases.Check(output, 1, test => Convolution(test, 1, dilates: false, "NOTSET"));

    [Fact]
    public void Convolutions_that_pad_by_themselves() =>
        OnnxCases.Check(output, 1, test => Convolution(test, 1, dilates: false, test.Pick("SAME_UPPER", "SAME_LOWER", "VALID")));

    [Fact]
    public void Convolutions_that_dilate() =>
        OnnxCases.Check(output, 1, test => Convolution(test, 1, dilates: true, test.Pick("NOTSET", "VALID")));

    [Fact]
    public void Depthwise_convolutions_whose_channels_have_one_filter_or_several() => OnnxCases.Check(output, 1, test =>
        Convolution(test, test.Between(1, 6), dilates: test.OneIn(5), test.Pick("NOTSET", "VALID"), channelsOfGroup: 1));

    [Fact]
    public void Depthwise_convolutions_with_one_filter_a_channel() =>
        OnnxCases.Check(output, 1, test =>
            Convolution(
                test,
                test.Between(2, 6),
                dilates: false,
                test.Pick("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
                channelsOfGroup: 1,
                filtersOfGroup: 1));

    [Fact]
    public void Grouped_convolutions() => OnnxCases.Check(output, 1, test =>
        Convolution(test, test.Between(2, 4), dilates: false, test.Pick("NOTSET", "SAME_UPPER"), channelsOfGroup: test.Between(2, 3)));

    [Fact]
    public void Transposed_convolutions() => OnnxCases.Check(output, 1, test =>
    {
        int groups = test.OneIn(2) ? 1 : test.Between(2, 4);
        bool depthwise = groups > 1 && test.OneIn(2);
        int channels = groups * (depthwise ? 1 : test.Between(1, 3));
        int filters = depthwise ? 1 : test.Between(1, 3);
        (int height, int width) = Pair(test, 1, 5);
        (int rows, int columns) = Pair(test, 1, 3);
        int pad = test.Between(0, Math.Min(height, width) / 2);
        bool even = test.OneIn(2);
        int[] pads = [.. Enumerable.Range(0, 4).Select(side => even ? pad : test.Between(0, (side % 2 == 0 ? height : width) / 2))];
        string x = test.Behind(test.Image(channels, test.Between(3, 6), test.Between(3, 6)));
        return test.Node(
            "ConvTranspose",
            [x, test.Weights(channels, filters, height, width), test.OneIn(3) ? null : test.Weights(filters * groups)],
            ("kernel_shape", test.OneIn(3) ? null : new[] { height, width }),
            ("strides", rows == 1 && columns == 1 && test.OneIn(2) ? null : new[] { rows, columns }),
            ("pads", pads.All(side => side == 0) && test.OneIn(2) ? null : pads),
            ("output_padding", test.OneIn(2) ? null : new[] { test.Between(0, rows - 1), test.Between(0, columns - 1) }),
            ("group", groups == 1 ? null : groups));
    });

    [Fact]
    public void Transposed_convolutions_as_PyTorch_doubles_images() => OnnxCases.Check(output, 1, test =>
        {
            bool depthwise = test.OneIn(3);
            int channels = test.Between(2, 5);
            int filters = depthwise ? 1 : test.Between(1, 5);
            string x = test.Behind(test.Image(channels, test.Between(1, 6), test.Between(1, 6)));
            bool odd = test.OneIn(2);
            return test.Node(
                "ConvTranspose",
                [
                    x,
                    test.Weights(channels, filters, odd ? 3 : 4, odd ? 3 : 4),
                    test.OneIn(2) ? null : test.Weights(depthwise ? channels : filters),
                ],
                ("kernel_shape", odd ? new[] { 3, 3 } : new[] { 4, 4 }),
                ("strides", new[] { 2, 2 }),
                ("pads", new[] { 1, 1, 1, 1 }),
                ("output_padding", odd ? new[] { 1, 1 } : null),
                ("group", depthwise ? channels : null));
        });

    private static string Convolution(
        OnnxCase test,
        int groups,
        bool dilates,
        string pads,
        int? channelsOfGroup = null,
        int? filtersOfGroup = null)
    {
        int channels = groups * (channelsOfGroup ?? test.Between(1, 5));
        int filters = groups * (filtersOfGroup ?? test.Between(1, 3));
        (int height, int width) = Pair(test, 1, 5);
        (int down, int right) = dilates ? Pair(test, 1, 3) : (1, 1);
        (int rows, int columns) = Pair(test, 1, 3);
        (int tall, int wide) = (((height - 1) * down) + 1, ((width - 1) * right) + 1);
        int[]? given = pads == "NOTSET" ? Pads(test, tall, wide) : null;
        int leastHeight = given is null ? pads == "VALID" ? tall : 1 : Math.Max(1, tall - given[0] - given[2]);
        int leastWidth = given is null ? pads == "VALID" ? wide : 1 : Math.Max(1, wide - given[1] - given[3]);
        string x = test.Behind(test.Image(channels, test.Between(leastHeight, leastHeight + 7), test.Between(leastWidth, leastWidth + 7)));
        return test.Node(
            "Conv",
            [x, test.Weights(filters, channels / groups, height, width), test.OneIn(2) ? null : test.Weights(filters)],
            ("kernel_shape", test.OneIn(3) ? null : new[] { height, width }),
            ("strides", rows == 1 && columns == 1 && test.OneIn(2) ? null : new[] { rows, columns }),
            ("dilations", down == 1 && right == 1 && test.OneIn(2) ? null : new[] { down, right }),
            ("pads", given is null || (given.All(pad => pad == 0) && test.OneIn(2)) ? null : given),
            ("auto_pad", pads == "NOTSET" && test.OneIn(2) ? null : pads),
            ("group", groups == 1 && test.OneIn(2) ? null : groups));
    }

    private static int[] Pads(OnnxCase test, int height, int width)
    {
        int pad = test.Between(0, Math.Min(height, width) - 1);
        return test.Random.Next(3) switch
        {
            0 => [pad, pad, pad, pad],
            1 => [height / 2, width / 2, height / 2, width / 2],
            _ => [test.Between(0, height), test.Between(0, width), test.Between(0, height), test.Between(0, width)],
        };
    }

    /// <summary>Two numbers, mostly the same.</summary>
    private static (int First, int Second) Pair(OnnxCase test, int least, int most)
    {
        int first = test.Between(least, most);
        return (first, test.OneIn(3) ? test.Between(least, most) : first);
    }
}
