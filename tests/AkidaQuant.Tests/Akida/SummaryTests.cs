using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida;

/// <summary>The printed summaries collected in akida-model.md 3.7, and that of the tutorial.</summary>
public sealed class SummaryTests
{
    [Fact]
    public void A_Akida_1_with_every_blank()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V1,
            new AkidaInputConvolutional
            {
                Name = "conv2d",
                InputShape = new Shape(32, 32, 3),
                Filters = 32,
                KernelSize = (3, 3),
                KernelStride = (2, 2),
                Variables = Zeros(3, 3, 3, 32),
            },
            new AkidaFullyConnected { Name = "dense", Inbounds = ["conv2d"], Units = 10, Variables = Zeros(1, 1, 8192, 10) });

        Assert.Equal(
            """
                            Model Summary·················
            ______________________________________________
            Input shape  Output shape  Sequences  Layers
            ==============================================
            [32, 32, 3]  [1, 1, 10]    1          2·····
            ______________________________________________

            _____________________________________________________
            Layer (type)         Output shape  Kernel shape····

            ============= SW/conv2d-dense (Software) ============

            conv2d (InputConv.)  [16, 16, 32]  (3, 3, 3, 32)···
            _____________________________________________________
            dense (Fully.)       [1, 1, 10]    (1, 1, 8192, 10)
            _____________________________________________________


            """.ReplaceLineEndings("\n").Replace('·', ' '),
            new AkidaSummary(model).ToString());
    }

    [Fact]
    public void B_Akida_2()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputConv2D
            {
                Name = "conv2d",
                InputShape = new Shape(32, 32, 3),
                Filters = 32,
                KernelSize = 3,
                KernelStride = 2,
                Variables = Zeros(3, 3, 3, 32),
            },
            new AkidaDense1D { Name = "dense", Inbounds = ["conv2d"], Units = 10, Variables = Zeros(8192, 10) },
            new AkidaDequantizer { Name = "dequantizer_2", Inbounds = ["dense"] });

        AssertPrints(
            """
                            Model Summary
            ______________________________________________
            Input shape  Output shape  Sequences  Layers
            ==============================================
            [32, 32, 3]  [1, 1, 10]    1          3
            ______________________________________________

            __________________________________________________________
            Layer (type)                 Output shape  Kernel shape

            =========== SW/conv2d-dequantizer_2 (Software) ===========

            conv2d (InputConv2D)         [16, 16, 32]  (3, 3, 3, 32)
            __________________________________________________________
            dense (Dense1D)              [1, 1, 10]    (8192, 10)
            __________________________________________________________
            dequantizer_2 (Dequantizer)  [1, 1, 10]    N/A
            __________________________________________________________
            """,
            new AkidaSummary(model));
    }

    [Fact]
    public void C_image_classifier()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputConv2D
            {
                Name = "conv2d",
                InputShape = new Shape(28, 28, 1),
                Filters = 32,
                KernelSize = 3,
                KernelStride = 2,
                Padding = Padding.Valid,
                Variables = Zeros(3, 3, 1, 32),
            },
            new AkidaDepthwiseConv2D
            {
                Name = "depthwise_conv2d",
                Inbounds = ["conv2d"],
                KernelSize = 3,
                KernelStride = 2,
                Variables = Zeros(3, 3, 32, 1),
            },
            new AkidaConv2D
            {
                Name = "conv2d_1",
                Inbounds = ["depthwise_conv2d"],
                Filters = 64,
                KernelSize = 1,
                Variables = Zeros(1, 1, 32, 64),
            },
            new AkidaDense1D
            {
                Name = "dense",
                Inbounds = ["conv2d_1"],
                Units = 10,
                Variables = Zeros(3136, 10),
            },
            new AkidaDequantizer { Name = "dequantizer_2", Inbounds = ["dense"] });

        AssertPrints(
            """
            __________________________________________________________________
            Layer (type)                        Output shape  Kernel shape

            =============== SW/conv2d-dequantizer_2 (Software) ===============

            conv2d (InputConv2D)                [13, 13, 32]  (3, 3, 1, 32)
            __________________________________________________________________
            depthwise_conv2d (DepthwiseConv2D)  [7, 7, 32]    (3, 3, 32, 1)
            __________________________________________________________________
            conv2d_1 (Conv2D)                   [7, 7, 64]    (1, 1, 32, 64)
            __________________________________________________________________
            dense (Dense1D)                     [1, 1, 10]    (3136, 10)
            __________________________________________________________________
            dequantizer_2 (Dequantizer)         [1, 1, 10]    N/A
            __________________________________________________________________
            """,
            new AkidaSummary(model));
        Assert.Equal((13 * 13 * 32 * 9) + (7 * 7 * 32 * 9) + (7 * 7 * 64 * 32) + (3136 * 10), model.Macs);
    }

    [Fact]
    public void D_channels_first_Quantizer()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaQuantizer { Name = "quantize", InputShape = new Shape(1, 28, 28), ChannelsFirst = true },
            new AkidaInputConv2D
            {
                Name = "/0/Conv",
                Inbounds = ["quantize"],
                InputShape = new Shape(28, 28, 1),
                Filters = 32,
                KernelSize = 5,
                KernelStride = 2,
                Variables = Zeros(5, 5, 1, 32),
            },
            new AkidaConv2D
            {
                Name = "/3/Conv",
                Inbounds = ["/0/Conv"],
                Filters = 64,
                KernelSize = 3,
                Padding = Padding.Valid,
                PoolType = PoolType.Max,
                PoolSize = 2,
                Variables = Zeros(3, 3, 32, 64),
            },
            new AkidaDense1D { Name = "/7/Gemm", Inbounds = ["/3/Conv"], Units = 512, Variables = Zeros(2304, 512) },
            new AkidaDense1D { Name = "/10/Gemm", Inbounds = ["/7/Gemm"], Units = 10, Variables = Zeros(512, 10) },
            new AkidaDequantizer { Name = "dequantizer", Inbounds = ["/10/Gemm"] });

        AssertPrints(
            """
                            Model Summary
            ______________________________________________
            Input shape  Output shape  Sequences  Layers
            ==============================================
            [1, 28, 28]  [1, 1, 10]    1          6
            ______________________________________________

            _________________________________________________________
            Layer (type)               Output shape  Kernel shape

            =========== SW/quantize-dequantizer (Software) ==========

            quantize (Quantizer)       [28, 28, 1]   N/A
            _________________________________________________________
            /0/Conv (InputConv2D)      [14, 14, 32]  (5, 5, 1, 32)
            _________________________________________________________
            /3/Conv (Conv2D)           [6, 6, 64]    (3, 3, 32, 64)
            _________________________________________________________
            /7/Gemm (Dense1D)          [1, 1, 512]   (2304, 512)
            _________________________________________________________
            /10/Gemm (Dense1D)         [1, 1, 10]    (512, 10)
            _________________________________________________________
            dequantizer (Dequantizer)  [1, 1, 10]    N/A
            _________________________________________________________
            """,
            new AkidaSummary(model));
    }

    [Fact]
    public void InputData_behind_a_Quantizer_is_shown_as_in_the_tutorial()
    {
        Model quantized = Vectors.VectorCase.Open("tutorial_4_signed_time_series").ReadModel("quantized.h5");
        quantized = Renamed(quantized, ("input_quantizer", "input_quantizer_1"), ("dequantizer", "dequantizer_3"));
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V2);

        AssertPrints(
            """
                            Model Summary
            ______________________________________________
            Input shape  Output shape  Sequences  Layers
            ==============================================
            [10, 25, 2]  [1, 1, 10]    1          7
            ______________________________________________

            _____________________________________________________________
            Layer (type)                   Output shape  Kernel shape

            ======= SW/input_quantizer_1-dequantizer_3 (Software) =======

            input_quantizer_1 (Quantizer)  [10, 25, 2]   N/A
            _____________________________________________________________
            InputData_2 (InputData)        [10, 25, 2]   N/A
            _____________________________________________________________
            input_conv (Conv2D)            [5, 13, 16]   (3, 3, 2, 16)
            _____________________________________________________________
            dw_conv (DepthwiseConv2D)      [3, 7, 16]    (3, 3, 16, 1)
            _____________________________________________________________
            pw_conv (Conv2D)               [3, 7, 32]    (1, 1, 16, 32)
            _____________________________________________________________
            dense (Dense1D)                [1, 1, 10]    (672, 10)
            _____________________________________________________________
            dequantizer_3 (Dequantizer)    [1, 1, 10]    N/A
            _____________________________________________________________
            """,
            new AkidaSummary(model));
    }

    private static Model Renamed(Model model, params (string From, string To)[] names)
    {
        string Name(string name) => names.FirstOrDefault(pair => pair.From == name) is { To: { } to } ? to : name;
        return Model.Create(
            model.Name,
            model.IsSequential,
            model.Nodes.Select(node =>
                new AkidaQuant.Models.Node(node.Layer with { Name = Name(node.Name) }, [.. node.Inputs.Select(Name)])),
            [.. model.Outputs.Select(Name)]);
    }

    /// <summary>Compares without trailing blanks, which the pages do not show, then the lengths of lines.</summary>
    private static void AssertPrints(string expected, AkidaSummary summary)
    {
        string[] lines = summary.ToString().Split('\n');
        string[] wanted = expected.ReplaceLineEndings("\n").Split('\n');
        string[] shown = Array.ConvertAll(lines, line => line.TrimEnd());
        Assert.Equal(["", ""], lines[^2..]);
        Assert.Equal(wanted, shown[^(wanted.Length + 2)..^2]);

        int header = Array.FindIndex(lines, line => line.StartsWith("Layer (type)", StringComparison.Ordinal));
        int rule = lines[header - 1].Length;
        Assert.All(lines[header..].Where(line => line.Length > 0), line => Assert.Contains(line.Length, (int[])[rule, rule - 2]));
    }

    private static AkidaVariables Zeros(params int[] shape) => Emulation.Variables(("weights", NdArray<sbyte>.Filled(new Shape(shape), 0)));
}
