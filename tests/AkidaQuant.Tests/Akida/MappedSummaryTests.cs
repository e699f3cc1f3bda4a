using AkidaQuant.Akida;
using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Tests.Akida.Devices;

namespace AkidaQuant.Tests.Akida;

/// <summary>The printed summaries E to H of akida-model.md 3.7: learning layers, mapped models, bars.</summary>
public sealed class MappedSummaryTests
{
    /// <summary>The page leaves the middle rows out; they are AkidaNet's.</summary>
    [Fact]
    public void E_a_last_layer_that_learns_and_separable_convolutions_of_two_lines()
    {
        AkidaModel model = HardwareModels.Chain(
        [
            .. HardwareModels.AkidaNetHalf(isPooled: false),
            HardwareModels.Separable1 with { Name = "spike_generator", Filters = 2048, PoolType = PoolType.Average, ActBits = 1 },
            HardwareModels.Full1 with
            {
                Name = "akida_edge_layer", Units = 4, WeightsBits = 1, Learning = new AkidaLearning { NumWeights = 350, NumClasses = 4 },
            },
        ]);
        AkidaSummary summary = new(model);
        Assert.Equal("akida_edge_layer: 350 of 2048 connections", summary.Learning!.ToString());
        AssertPrintsParts(
            summary,
            """
                             Model Summary··················
            ________________________________________________
            Input shape    Output shape  Sequences  Layers
            ================================================
            [224, 224, 3]  [1, 1, 4]     1          16····
            ________________________________________________

            ________________________________________________________________
            Layer (type)                 Output shape    Kernel shape·····

            ============= SW/conv_0-akida_edge_layer (Software) ============

            conv_0 (InputConv.)          [112, 112, 16]  (3, 3, 3, 16)····
            ________________________________________________________________
            """,
            """
            spike_generator (Sep.Conv.)  [1, 1, 2048]    (3, 3, 512, 1)···
            ________________________________________________________________
                                                         (1, 1, 512, 2048)
            ________________________________________________________________
            akida_edge_layer (Fully.)    [1, 1, 4]       (1, 1, 2048, 4)··
            ________________________________________________________________


                          Learning Summary··············
            ____________________________________________
            Learning Layer    # Input Conn.  # Weights
            ============================================
            akida_edge_layer  2048           350······
            ____________________________________________


            """);
    }

    /// <summary>The page leaves most rows out; processors and program are those that it prints.</summary>
    [Fact]
    public void F_mapped_on_an_AKD1000()
    {
        AkidaModel model = HardwareModels.Chain(
            [.. HardwareModels.AkidaNetHalf(isPooled: true), HardwareModels.Full1 with { Name = "classifier", Units = 1000 }]);
        int[] processors = [1, 4, 6, 3, 6, 4, 8, 4, 4, 4, 4, 4, 8, 8, 1];
        AkidaMapping mapping = new(
            model,
            AkidaDevices.Named("AKD1000"),
            AkidaMapMode.AllNps,
            [
                new AkidaSequence
                {
                    Backend = AkidaBackend.Hardware, Layers = [.. model.Layers.Select(layer => layer.Name)], ProgramSize = 1_361_244,
                },
            ],
            [
                .. model.Layers.Zip(processors, (layer, count) => new MappedLayer
                {
                    Layer = layer.Name,
                    Type = layer.TypeName,
                    Sequence = 1,
                    Backend = AkidaBackend.Hardware,
                    Component = layer is AkidaInputConvolutional ? "HRC" : layer is AkidaFullyConnected ? "FNP2" : "CNP1",
                    Processors = count,
                    ExternalMemory = layer is AkidaFullyConnected ? 400_000 : 0,
                }),
            ]);
        AssertPrintsParts(
            mapping.Summarize(),
            """
                                                  Model Summary······································
            _________________________________________________________________________________________
            Input shape    Output shape  Sequences  Layers  NPs  Skip DMAs  External Memory (Bytes)
            =========================================================================================
            [224, 224, 3]  [1, 1, 1000]  1          15      68   0          400000·················
            _________________________________________________________________________________________

            _________________________
            Component (type)  Count
            =========================
            HRC               1····
            _________________________
            CNP1              67···
            _________________________
            FNP2              1····
            _________________________

                       External Memory Summary············
            ______________________________________________
            Layer (type)         External Memory (Bytes)
            ==============================================
            classifier (Fully.)  400000·················
            ______________________________________________

            _________________________________________________________________________
            Layer (type)              Output shape    Kernel shape       Components

            ========= HW/conv_0-classifier (Hardware) - size: 1361244 bytes =========

            conv_0 (InputConv.)       [112, 112, 16]  (3, 3, 3, 16)      1 HRC·····
            _________________________________________________________________________
            conv_1 (Conv.)            [112, 112, 32]  (3, 3, 16, 32)     4 CNP1····
            _________________________________________________________________________
            """,
            """
            separable_10 (Sep.Conv.)  [14, 14, 256]   (3, 3, 256, 1)     4 CNP1····
            _________________________________________________________________________
                                                      (1, 1, 256, 256)·············
            _________________________________________________________________________
            """,
            """
            classifier (Fully.)       [1, 1, 1000]    (1, 1, 512, 1000)  1 FNP2····
            _________________________________________________________________________


            """);
        mapping = AkidaMapper.Map(model, AkidaDevices.Named("AKD1000"));
        Assert.Contains(" HW/conv_0-classifier (Hardware) =", mapping.Summarize().ToString(), StringComparison.Ordinal);
    }

    /// <summary>The page leaves rows out; a kernel of 17 characters among them makes its line of 97.</summary>
    [Fact]
    public void G_a_streaming_network_whose_InputData_has_no_row()
    {
        const string first = "377d1147-1535-483a-8738-d4d073ef9da0";
        const string second = "605ca527-abf4-4861-9057-3df0ed13451d";
        AkidaModel model = HardwareModels.Chain(
            HardwareModels.Data2(96, 128, 2),
            HardwareModels.Frames2 with { Name = first, FifoSize = 5, Filters = 8 },
            HardwareModels.Conv2 with { Name = "reduce", Filters = 80, KernelStride = 2 },
            HardwareModels.Depthwise2 with { Name = "reduce2", KernelStride = 2 },
            HardwareModels.Depthwise2 with { Name = "reduce3", KernelStride = 2 },
            new AkidaDepthwiseBufferTempConv { Name = second, FifoSize = 5 },
            HardwareModels.Conv2 with { Name = "wide", KernelSize = 1, Filters = 1024 },
            HardwareModels.Conv2 with { Name = "narrow", KernelSize = 1, Filters = 4 },
            new AkidaDequantizer { Name = "dequantizer" });
        AkidaSummary summary = new(model);
        Assert.Equal((9, 8), (summary.LayerCount, summary.Rows.Count));
        string rule = new('_', 62 + 14 + 16 + 6);
        Assert.Contains($"\n{rule}\n", summary.ToString(), StringComparison.Ordinal);

        AkidaSummary page = new(
            new Shape(96, 128, 2),
            new Shape(3, 4, 3),
            19,
            [
                new AkidaSummaryRow(first, "BufferTempConv", new Shape(96, 128, 8), [new Shape(1, 1, 10, 8)]),
                new AkidaSummaryRow("wide", "BufferTempConv", new Shape(6, 8, 128), [new Shape(1, 1, 1280, 256)]),
                new AkidaSummaryRow(second, "DepthwiseBufferTempConv", new Shape(12, 16, 80), [new Shape(1, 1, 5, 80)]),
                new AkidaSummaryRow("dequantizer", "Dequantizer", new Shape(3, 4, 3), []),
            ]);
        AssertPrintsParts(
            page,
            """
            _________________________________________________________________________________________________
            Layer (type)                                                    Output shape  Kernel shape·····

            ================= SW/377d1147-1535-483a-8738-d4d073ef9da0-dequantizer (Software) ================

            377d1147-1535-483a-8738-d4d073ef9da0 (BufferTempConv)           [96, 128, 8]  (1, 1, 10, 8)····
            _________________________________________________________________________________________________
            """,
            """
            605ca527-abf4-4861-9057-3df0ed13451d (DepthwiseBufferTempConv)  [12, 16, 80]  (1, 1, 5, 80)····
            _________________________________________________________________________________________________
            """);
    }

    /// <summary>How long lines are, and where their bars stand (akida-model.md 3.7 H).</summary>
    [Theory]
    [InlineData(65, 12, 11)]
    [InlineData(77, 22, 21)]
    [InlineData(57, 12, 11)]
    [InlineData(73, 17, 16)]
    [InlineData(104, 13, 12)]
    [InlineData(58, 10, 9)]
    [InlineData(55, 11, 10)]
    public void H_bars_have_their_odd_sign_on_the_left(int length, int left, int right)
    {
        // Two names make the label as long as it was; a kind fills the line up to its length.
        string name = new('a', length - left - right - " SW/-b (Software) ".Length);
        string kind = new('k', length - name.Length - " ()".Length - 12 - 12 - 6);
        AkidaSummary summary = new(
            new Shape(8, 8, 3),
            new Shape(1, 1, 2),
            2,
            [new AkidaSummaryRow(name, kind, new Shape(8, 8, 3), []), new AkidaSummaryRow("b", "k", new Shape(1, 1, 2), [])]);
        string bar = summary.ToString().Split('\n').Single(line => line.Contains("SW/", StringComparison.Ordinal));
        Assert.Equal(length, bar.Length);
        Assert.Equal((left, right), (bar.IndexOf(' ', StringComparison.Ordinal), bar.Length - bar.LastIndexOf(' ') - 1));
        Assert.Contains(new string('_', length), summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_sequences_have_a_bar_each()
    {
        AkidaModel model = HardwareModels.Chain(
            HardwareModels.Data2(),
            HardwareModels.Conv2,
            HardwareModels.Conv2 with { Name = "wide", KernelSize = 9 },
            HardwareModels.Conv2 with { Name = "behind" });
        AssertPrintsParts(
            AkidaMapper.Map(model, AkidaDevices.Named("TwoNodesIPv2"), AkidaMapMode.Minimal).Summarize(),
            """
            _________________________________________________________
            Layer (type)     Output shape  Kernel shape  Components

            =================== HW/conv (Hardware) ==================

            conv (Conv2D)    [8, 8, 4]     (3, 3, 4, 4)  1 CNP1····
            _________________________________________________________

            =================== SW/wide (Software) ==================

            wide (Conv2D)    [8, 8, 4]     (9, 9, 4, 4)  N/A·······
            _________________________________________________________

            ================== HW/behind (Hardware) =================

            behind (Conv2D)  [8, 8, 4]     (3, 3, 4, 4)  1 CNP1····
            _________________________________________________________


            """);
    }

    /// <summary>
    /// Compares with every blank: the text begins with the first part, or has it behind the Model Summary where it is a layer table; the
    /// others follow in their order, with lines between that the page leaves out; one that ends with empty lines ends the text.
    /// </summary>
    private static void AssertPrintsParts(AkidaSummary summary, params string[] parts)
    {
        string text = summary.ToString();
        int place = 0;
        foreach ((int index, string part) in parts.Index())
        {
            string expected = part.ReplaceLineEndings("\n").Replace('·', ' ');
            int found = text.IndexOf(expected, place, StringComparison.Ordinal);
            Assert.True(found >= 0, $"Part {index + 1} is not in\n{text}");
            Assert.True(found == 0 || text[found - 1] == '\n', $"Part {index + 1} begins within a line of\n{text}");
            place = found + expected.Length;
            Assert.True(expected[^1] != '\n' || place == text.Length, $"The text goes on behind part {index + 1}:\n{text}");
        }
    }
}
