using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

/// <summary>Which layers get an output quantizer, and which: each rule of quantize.md 5, with settings in the order of files.</summary>
public sealed class OutputPlacementTests
{
    private static readonly QuantizationParams Different = new() { ActivationBits = 4, OutputBits = 6, BufferBits = 24 };

    [Fact]
    public void Layers_whose_consumers_align_their_inputs_get_a_quantizer_and_the_last_gets_none()
    {
        Model model = Small.Chain(Image(), Conv("first"), Conv("second"), Conv("last"));
        Assert.Equal(["first: 6, per-axis", "second: 6, per-axis"], Placed(model));
    }

    [Fact]
    public void All_settings_are_written_in_the_order_of_files()
    {
        Model model = Small.Chain(Image(), Conv("conv"), new ReLU { Name = "relu" }, Conv("last"));
        var quantizer = (QuantSettings)OutputPlacement.Decide(model, Different)["relu"]["output_quantizer"]!;
        Assert.Equal(
            ["bitwidth 4", "signed False", "axis per-axis", "buffer_bitwidth 24"],
            quantizer.Select(setting => $"{setting.Key} {setting.Value}"));
    }

    [Theory]
    [InlineData(7, "signed False")]
    [InlineData(8, "signed True")]
    [InlineData(9, "signed True")]
    public void A_ReLU_has_the_bits_of_activations_and_a_sign_from_8_on(int bits, string signed)
    {
        Model model = Small.Chain(Image(), Conv("conv"), new ReLU { Name = "relu" }, Conv("last"));
        Assert.Equal([$"relu: {bits}, {signed}, per-axis"], Placed(model, Different with { ActivationBits = bits }));
    }

    [Fact]
    public void A_table_has_the_bits_of_activations_and_reads_11_bits_in_one_range()
    {
        Model model = Small.Chain(Image(), Conv("conv"), Table("table"), Conv("last"));
        Assert.Equal(["conv: 11, per-tensor", "table: 4, per-axis"], Placed(model));
    }

    [Fact]
    public void An_activation_in_front_of_a_table_keeps_its_own_bits_in_one_range()
    {
        Model model = Small.Chain(Image(), Conv("conv"), new ReLU { Name = "relu" }, Table("table"));
        Assert.Equal(["relu: 4, signed False, per-tensor"], Placed(model));
        Model tables = Small.Chain(Image(), Conv("conv"), Table("first"), Table("second"));
        Assert.Equal(["conv: 11, per-tensor", "first: 4, per-tensor"], Placed(tables));
    }

    [Fact]
    public void A_global_average_passes_on_the_bits_of_the_activation_before_it()
    {
        Model rectified = Small.Chain(Image(), Conv("conv"), new ReLU { Name = "relu" }, Average("mean"), Small.Dense("dense", 3, 2));
        Assert.Equal(["mean: 4, per-tensor"], Placed(rectified));
        Model looked = Small.Chain(Image(), Conv("conv"), Table("table"), Pool("pool"), Average("mean"), Small.Dense("dense", 3, 2));
        Assert.Equal(["conv: 11, per-tensor", "mean: 4, per-tensor"], Placed(looked));
        Model plain = Small.Chain(Image(), Conv("conv"), Average("mean"), Small.Dense("dense", 3, 2));
        Assert.Equal(["mean: 6, per-tensor"], Placed(plain));
        Model atInput = Small.Chain(Image(), Average("mean"), Small.Dense("dense", 3, 2));
        Assert.Equal(["mean: 6, per-tensor"], Placed(atInput));
    }

    [Fact]
    public void A_global_average_in_front_of_a_table_has_the_bits_that_the_table_reads()
    {
        Model model = Small.Chain(Image(), Conv("conv"), new ReLU { Name = "relu" }, Average("mean"), Table("table"));
        Assert.Equal(["mean: 11, per-tensor"], Placed(model));
    }

    [Fact]
    public void One_bit_has_no_sign()
    {
        Model model = Small.Chain(Image(), Conv("conv"), new ReLU { Name = "relu" }, Average("mean"), Small.Dense("dense", 3, 2));
        Assert.Equal(["mean: 1, signed False, per-tensor"], Placed(model, Different with { ActivationBits = 1 }));
    }

    [Fact]
    public void The_states_of_a_recurrence_have_16_bits_in_one_range_and_what_feeds_it_has_no_quantizer()
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 1, 3),
            new StatefulProjection { Name = "in", Units = 2, Kernel = Small.Weights(3, 2), UseBias = false },
            new StatefulRecurrent { Name = "states", Real = Small.Weights(2), Imaginary = Small.Weights(2) },
            new ExtractToken { Name = "real", Selection = new TokenSelection { Tokens = [0], RemovesAxis = true, Axis = -1 } },
            new StatefulProjection { Name = "out", Units = 2, Kernel = Small.Weights(2, 2), Bias = Small.Weights(2) });
        Assert.Equal(["states: 16, per-tensor"], Placed(model));
    }

    [Fact]
    public void Rows_and_images_of_one_position_have_one_range()
    {
        Model rows = Small.Chain(Small.Input(IntegerType.Int8, 3), Small.Dense("first", 3, 4), Small.Dense("last", 4, 2));
        Assert.Equal(["first: 6, per-tensor"], Placed(rows));
        Model position = Small.Chain(Small.Input(IntegerType.Int8, 1, 1, 3), Conv("first"), Conv("last"));
        Assert.Equal(["first: 6, per-tensor"], Placed(position));
        Model column = Small.Chain(Small.Input(IntegerType.Int8, 2, 1, 3), Conv("first"), Conv("last"));
        Assert.Equal(["first: 6, per-axis"], Placed(column));
    }

    [Fact]
    public void All_have_one_range_where_the_parameters_say_so()
    {
        Model model = Small.Chain(Image(), Conv("first"), new ReLU { Name = "relu" }, Conv("second"), Conv("last"));
        Assert.Equal(
            ["relu: 4, signed False, per-tensor", "second: 6, per-tensor"], Placed(model, Different with { PerTensorActivations = true }));
    }

    [Theory]
    [InlineData(new[] { 3, 1, 2 }, "per-tensor")]
    [InlineData(new[] { 2, 1, 3 }, "per-axis")]
    public void One_range_serves_channels_that_a_Permute_moves(int[] dims, string axis)
    {
        Model model = Small.Chain(Image(), Conv("conv"), new Permute { Name = "permute", Dims = dims });
        Assert.Equal([$"conv: 6, {axis}"], Placed(model));
    }

    [Fact]
    public void One_range_serves_channels_that_a_Reshape_moves()
    {
        Model moved = Small.Chain(Image(), Conv("conv"), Pool("pool"), new Reshape { Name = "reshape", TargetShape = new Shape(3, 4) });
        Assert.Equal(["conv: 6, per-tensor"], Placed(moved));
        Model kept = Small.Chain(Image(), Conv("conv"), new Reshape { Name = "reshape", TargetShape = new Shape(16, 3) });
        Assert.Empty(Placed(kept));
        Model between = Small.Chain(
            Image(), Conv("conv"), new Reshape { Name = "reshape", TargetShape = new Shape(8, 2, Shape.Unknown) }, Conv("last"));
        Assert.Equal(["conv: 6, per-axis"], Placed(between));
    }

    [Fact]
    public void The_last_consumer_decides_and_any_may_ask_for_one_range()
    {
        Model tableFirst = Branches(Conv("conv"), Table("table"), Conv("other"));
        Assert.Equal(["conv: 6, per-tensor", "other: 6, per-axis", "table: 4, per-axis"], Placed(tableFirst));
        Model tableLast = Branches(Conv("conv"), Conv("other"), Table("table"));
        Assert.Equal(["conv: 11, per-tensor", "other: 6, per-axis", "table: 4, per-axis"], Placed(tableLast));
    }

    [Fact]
    public void The_branches_of_a_concatenation_get_the_quantizers_that_it_cannot_hold()
    {
        Model model = Model.Create(
            "joined",
            isSequential: false,
            [
                new Node(Image(), []),
                new Node(Conv("left"), ["input"]),
                new Node(Conv("right"), ["input"]),
                new Node(new ReLU { Name = "relu" }, ["right"]),
                new Node(new Concatenate { Name = "join" }, ["left", "relu"]),
                new Node(Table("table"), ["join"]),
            ],
            ["table"]);
        Assert.Equal(["left: 11, per-tensor", "relu: 4, signed False, per-tensor"], Placed(model));
    }

    /// <summary>A layer behind the input whose output two others take, which are added.</summary>
    private static Model Branches(Layer first, Layer left, Layer right) => Model.Create(
        "branches",
        isSequential: false,
        [
            new Node(Image(), []),
            new Node(first, ["input"]),
            new Node(left, [first.Name]),
            new Node(right, [first.Name]),
            new Node(new Add { Name = "sum" }, [left.Name, right.Name]),
        ],
        ["sum"]);

    private static InputLayer Image() => Small.Input(IntegerType.Int8, 4, 4, 3);

    private static Conv2D Conv(string name) => Small.Convolution(name, 3, 3);

    private static TableActivation Table(string name) => new() { Name = name, Function = "gelu" };

    private static GlobalAveragePooling2D Average(string name) => new() { Name = name };

    private static MaxPooling2D Pool(string name) =>
        new() { Name = name, Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2) } };

    private static string[] Placed(Model model, QuantizationParams? parameters = null) =>
    [
        .. OutputPlacement.Decide(model, parameters ?? Different)
            .Select(placed => $"{placed.Key}: {Describe((QuantSettings)placed.Value["output_quantizer"]!)}")
            .Order(StringComparer.Ordinal),
    ];

    private static string Describe(QuantSettings quantizer) =>
        string.Join(
            ", ",
            quantizer
                .Where(setting => setting.Key != "buffer_bitwidth")
                .Select(setting => setting.Key == "signed" ? $"signed {setting.Value}" : setting.Value));
}
