using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Akida;

/// <summary>akida-model.md 1.2 to 1.5: every class of layers, its parameters and their defaults.</summary>
public sealed class AkidaLayerClassesTests
{
    private const string V1 =
        "Padding=Same PoolType=NoPooling KernelStride=(1, 1) PoolSize=(-1, -1) PoolStride=(-1, -1) Activation=True ActBits=1";

    private const string V2 =
        "PoolType=NoPooling KernelStride=1 PoolSize=-1 PoolStride=-1 Padding=Same WeightsBits=8 OutputBits=8 PostOpBufferBits=32";

    /// <summary>What akida-model.md 1.2 to 1.5 says of each class: what must be given, and some defaults.</summary>
    public static TheoryData<string, string, string> Documented => new()
    {
        { "Add", "", "OutputBits=8 BufferBits=32 PostOpBufferBits=32 Activation=NoActivation" },
        { "BufferTempConv", "Filters FifoSize", "BufferBits=32 Activation=ReLU OutputBits=8 PostOpBufferBits=32 WeightsBits=8" },
        { "Concatenate", "", "" },
        { "Conv2D", "Filters KernelSize", $"{V2} BufferBits=28 Activation=ReLU" },
        { "Conv2DTranspose", "Filters KernelSize", "BufferBits=28 Activation=ReLU OutputBits=8 PostOpBufferBits=32 WeightsBits=8" },
        { "Convolutional", "KernelSize Filters", $"{V1} WeightsBits=1" },
        { "Dense1D", "Units", "OutputBits=8 BufferBits=28 PostOpBufferBits=32 Activation=NoActivation WeightsBits=8" },
        { "DepthwiseBufferTempConv", "FifoSize", "BufferBits=32 Activation=ReLU OutputBits=8 WeightsBits=8" },
        { "DepthwiseConv2D", "KernelSize", $"{V2} BufferBits=28 Activation=ReLU" },
        { "DepthwiseConv2DTranspose", "KernelSize", "BufferBits=28 Activation=ReLU OutputBits=8 WeightsBits=8" },
        { "Dequantizer", "", "" },
        {
            "FullyConnected",
            "Units",
            "WeightsBits=1 ActBits=1 NumClasses=1 InitialPlasticity=1 LearningCompetition=0 MinPlasticity=0.1 PlasticityDecay=0.25"
        },
        { "InputConv2D", "InputShape Filters KernelSize", $"{V2} BufferBits=32 Activation=ReLU" },
        { "InputConvolutional", "InputShape KernelSize Filters", $"{V1} WeightsBits=1 PaddingValue=0" },
        { "InputData", "InputShape", "InputBits=4" },
        { "PicoPostProcessing", "", "BufferBits=44" },
        { "Quantizer", "InputShape", "OutputBits=8 OutputSigned=False ChannelsFirst=False" },
        { "SeparableConvolutional", "KernelSize Filters", $"{V1} WeightsBits=2" },
        { "StatefulRecurrent", "StatefulChannels OutputChannels", "Subsample=1 OutputBits=8" },
    };

    [Fact]
    public void They_are_all_that_there_are() =>
        Assert.Equal(Documented.Select(row => row.Data.Item1), AkidaLayerClasses.Names);

    [Theory]
    [MemberData(nameof(Documented))]
    public void Each_has_the_documented_parameters(string className, string required, string defaults)
    {
        ValueList<AkidaLayerParameter> parameters = AkidaLayerClasses.Parameters(className.ToLowerInvariant());
        Assert.Equal(
            required.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            parameters.Where(parameter => parameter.IsRequired).Select(parameter => parameter.Name));
        foreach (string text in System.Text.RegularExpressions.Regex.Split(defaults, " (?=[A-Z][A-Za-z]+=)").Where(text => text.Length > 0))
        {
            Assert.Contains(text.Replace("=", " = ", StringComparison.Ordinal), parameters.Select(parameter => parameter.ToString()));
        }
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public void Each_can_be_made_and_run(string className, string required, string defaults)
    {
        Assert.NotNull(defaults);
        Dictionary<string, object?> parameters = required.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(
            name => name,
            name => name == "InputShape" ? (object?)(int[])[6, 6, 2] : name.EndsWith("Size", StringComparison.Ordinal) ? (int[])[3] : 2);
        foreach ((string name, object? size) in parameters)
        {
            if (size is int[] and [int single]
                && AkidaLayerClasses.Parameters(className).First(each => each.Name == name).Type == typeof(int))
            {
                parameters[name] = single;
            }
        }

        AkidaLayer layer = AkidaLayerClasses.Create(className, "layer", parameters);
        bool isRecurrent = className is "StatefulRecurrent" or "PicoPostProcessing";
        Shape shape = isRecurrent ? new Shape(1, 4, 2) : new Shape(6, 6, 2);
        List<AkidaLayer> layers = layer is IAkidaInput ? [layer] :
        [
            AkidaLayerClasses.Create(
                "InputData",
                "in",
                new Dictionary<string, object?> { ["InputShape"] = shape, ["InputBits"] = layer.Version == AkidaVersion.V1 ? 4 : 8 }),
            layer.InboundCount == 2 ? layer with { Inbounds = ["in", "in"] } : layer,
        ];
        AkidaModel model = AkidaModelEdit.Create("net", layers);
        Random random = new(1);
        shape = layer is IAkidaInput input ? input.InputShape : shape;
        foreach (AkidaVariableRule rule in layer.Rules(shape).Where(rule => rule.Name != "divisors"))
        {
            double[] numbers = [.. Enumerable.Range(0, rule.Shape.Size).Select(_ => rule.Type == "float32" ? 0.5 : random.Next(0, 2))];
            model = AkidaModelEdit.SetNumbers(model, "layer", rule.Name, new NdArray<double>(rule.Shape, numbers));
        }

        byte[] sample = [.. Enumerable.Range(0, model.InputShape.Size).Select(_ => (byte)random.Next(0, 16))];
        OutputBatch batch = Emulator.Run(model, SampleSet.FromArray(sample, model.InputShape)).Single();
        Assert.Equal(model.OutputShape.Size, batch.Values.Length);
        Assert.Empty(model.LayerDetails[^1].Missing);
    }

    [Fact]
    public void What_cannot_be_made_is_refused()
    {
        Refused("AkidaLayerClassUnknown", "There is no Akida layer 'Conv2d2'. Did you mean 'Conv2D'?", "Conv2d2", []);
        Refused("AkidaParameterUnknown", "it has no parameter 'Filter'. Did you mean 'Filters'?", "Conv2D", new() { ["Filter"] = 1 });
        Refused("AkidaParameterMissing", "cannot do without its parameter KernelSize", "Conv2D", new() { ["Filters"] = 1 });
        Refused("AkidaParameterInvalid", "filters must be from 1", "Conv2D", new() { ["Filters"] = 0, ["KernelSize"] = 3 });
        Refused(
            "AkidaParameterInvalid",
            "its Padding must be one of Valid, Same, SameUpper, but it is Explicit",
            "Conv2D",
            new() { ["Filters"] = 1, ["KernelSize"] = 3, ["Padding"] = "Explicit" });
        Refused(
            "AkidaParameterInvalid",
            "its KernelSize must be one or two whole numbers",
            "Convolutional",
            new() { ["Filters"] = 1, ["KernelSize"] = (int[])[1, 2, 3] });
        Refused("AkidaParameterMissing", "NumWeights", "FullyConnected", new() { ["Units"] = 1, ["NumClasses"] = 2 });
        Refused("AkidaLearningInvalid", "num_weights must be 1 or more", "FullyConnected", new() { ["Units"] = 1, ["NumWeights"] = 0 });
    }

    [Fact]
    public void A_layer_that_learns_has_what_was_given_and_the_defaults()
    {
        var layer = (AkidaFullyConnected)AkidaLayerClasses.Create(
            "FullyConnected",
            "dense",
            new Dictionary<string, object?> { ["Units"] = 4, ["numweights"] = 3, ["LearningCompetition"] = 0.1 });
        Assert.Equal(new AkidaLearning { NumWeights = 3, LearningCompetition = 0.1f }, layer.Learning);
        Assert.Null(((AkidaFullyConnected)AkidaLayerClasses.Create(
            "FullyConnected", "dense", new Dictionary<string, object?> { ["Units"] = 4 })).Learning);
    }

    [Fact]
    public void Inputs_of_8_bits_have_a_sign_unless_told_otherwise()
    {
        Assert.True(Signed(8, null));
        Assert.False(Signed(8, false));
        Assert.False(Signed(4, null));

        static bool Signed(int bits, bool? signed)
        {
            Dictionary<string, object?> parameters = new() { ["InputShape"] = (int[])[1, 1, 2], ["InputBits"] = bits };
            if (signed is not null)
            {
                parameters["InputSigned"] = signed;
            }

            return ((AkidaInputData)AkidaLayerClasses.Create("InputData", "in", parameters)).InputSigned;
        }
    }

    /// <summary>A true convolution, bias, rectifier, scale and shift with rounding half up, in plain loops.</summary>
    [Fact]
    public void A_convolution_of_Akida_2_is_arithmetic() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[1, 3], Gen.OneOf(1, 3, 5), Gen.Int[0, 9999]).Sample(
            (height, width, channels, filters, kernel, seed) =>
            {
                Random random = new(seed);
                sbyte[] sample = [.. Enumerable.Range(0, height * width * channels).Select(_ => (sbyte)random.Next(-128, 128))];
                int[] weights = [.. Enumerable.Range(0, kernel * kernel * channels * filters).Select(_ => random.Next(-8, 8))];
                (int bias, int biasShift) = (random.Next(-128, 128), random.Next(0, 5));
                (int scale, int shift) = (random.Next(1, 256), random.Next(0, 12));
                List<int> expected = [];
                foreach ((int row, int column, int filter) in Places(height, width, filters))
                {
                    long sum = (long)bias << biasShift;
                    foreach ((int i, int j, int c) in Places(kernel, kernel, channels))
                    {
                        (int y, int x) = (row + (kernel / 2) - i, column + (kernel / 2) - j);
                        if (y >= 0 && y < height && x >= 0 && x < width)
                        {
                            sum += (long)weights[(((((i * kernel) + j) * channels) + c) * filters) + filter]
                                * sample[(((y * width) + x) * channels) + c];
                        }
                    }

                    double scaled = Math.Floor((Math.Max(sum, 0) * scale / Math.Pow(2, shift)) + 0.5);
                    expected.Add((int)Math.Clamp(scaled, -128, 127));
                }

                AkidaModel model = AkidaModelEdit.Create(
                    "net",
                    [
                        AkidaLayerClasses.Create(
                            "Conv2D",
                            "conv",
                            new Dictionary<string, object?> { ["Filters"] = filters, ["KernelSize"] = kernel, ["WeightsBits"] = 4 },
                            variables: new Dictionary<string, object>
                            {
                                ["weights"] = NdArray<double>.Vector(Array.ConvertAll(weights, value => (double)value)),
                                ["bias"] = NdArray<double>.Scalar(bias),
                                ["bias_shift"] = NdArray<double>.Scalar(biasShift),
                                ["output_scales"] = NdArray<double>.Scalar(scale),
                                ["output_shift"] = NdArray<double>.Scalar(-shift),
                            }),
                    ],
                    new Shape(height, width, channels));
                int[] found = Emulator.RunPotentials(model, SampleSet.FromArray(sample, model.InputShape)).Single().Values;
                return found.SequenceEqual(expected);
            },
            iter: 100);

    /// <summary>A true convolution whose levels are counted above a threshold, as akida-model.md 1.3 writes it.</summary>
    [Fact]
    public void A_convolution_of_Akida_1_is_arithmetic() =>
        Gen.Select(Gen.Int[3, 6], Gen.Int[1, 3], Gen.Int[1, 3], Gen.OneOf(1, 2, 4), Gen.Int[0, 9999]).Sample(
            (size, channels, filters, bits, seed) =>
            {
                Random random = new(seed);
                byte[] sample = [.. Enumerable.Range(0, size * size * channels).Select(_ => (byte)random.Next(16))];
                int[] weights = [.. Enumerable.Range(0, 9 * channels * filters).Select(_ => random.Next(-8, 8))];
                (int threshold, float step) = (random.Next(-50, 50), random.Next(1, 40) / 4f);
                List<int> expected = [];
                foreach ((int row, int column, int filter) in Places(size - 2, size - 2, filters))
                {
                    int sum = 0;
                    foreach ((int i, int j, int c) in Places(3, 3, channels))
                    {
                        sum += weights[(((((i * 3) + j) * channels) + c) * filters) + filter]
                            * sample[((((row + 2 - i) * size) + column + 2 - j) * channels) + c];
                    }

                    double interval = bits == 1 ? 1e9 : step * Math.Pow(2, 4 - bits);
                    expected.Add(sum <= threshold ? 0 : (int)Math.Min(Math.Ceiling((sum - threshold) / interval), (1 << bits) - 1));
                }

                AkidaModel model = AkidaModelEdit.Create(
                    "net",
                    [
                        AkidaLayerClasses.Create(
                            "Convolutional",
                            "conv",
                            new Dictionary<string, object?>
                            {
                                ["Filters"] = filters,
                                ["KernelSize"] = (int[])[3],
                                ["Padding"] = "valid",
                                ["WeightsBits"] = 4,
                                ["ActBits"] = bits,
                            },
                            variables: new Dictionary<string, object>
                            {
                                ["weights"] = NdArray<double>.Vector(Array.ConvertAll(weights, value => (double)value)),
                                ["threshold"] = NdArray<double>.Scalar(threshold),
                                ["act_step"] = NdArray<double>.Scalar(step),
                            }),
                    ],
                    new Shape(size, size, channels));
                int[] found = Emulator.RunPotentials(model, SampleSet.FromArray(sample, model.InputShape)).Single().Values;
                return found.SequenceEqual(expected);
            },
            iter: 100);

    private static IEnumerable<(int Row, int Column, int Channel)> Places(int rows, int columns, int channels) =>
        from row in Enumerable.Range(0, rows)
        from column in Enumerable.Range(0, columns)
        from channel in Enumerable.Range(0, channels)
        select (row, column, channel);

    private static void Refused(string id, string part, string className, Dictionary<string, object?> parameters)
    {
        QuantException error = Assert.Throws<QuantException>(() => AkidaLayerClasses.Create(className, "layer", parameters));
        Assert.Equal(id, error.Id);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
