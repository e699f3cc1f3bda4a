using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Models;

/// <summary>Bits and connections of the rows of summaries.</summary>
public sealed class SummaryRowTests
{
    private static readonly Model Floating = new Graph(8, 8, 2)
        .Conv("c", 3, 2, 4)
        .ReLU("r")
        .Add(new Flatten { Name = "f" })
        .Dense("d", 144, 3)
        .Build();

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void Output_bits_are_those_of_the_quantizer_and_go_through_layers_that_pass_them_on(int bits)
    {
        SummaryRow[] rows = Rows(new QuantizationParams { ActivationBits = bits, WeightBits = 4, InputWeightBits = 8 });
        Assert.Equal((bits, bits), (rows.Single(row => row.Name == "r").OutputBits, rows.Single(row => row.Name == "f").OutputBits));
        Assert.Equal((8, 4), (rows.Single(row => row.Name == "c").WeightBits, rows.Single(row => row.Name == "d").WeightBits));
        Assert.Null(rows.Single(row => row.Name == "f").WeightBits);
    }

    [Fact]
    public void Accumulators_have_the_bits_of_their_buffer_and_floats_none()
    {
        SummaryRow[] rows = Rows(new QuantizationParams());
        Assert.True(rows.Single(row => row.Name == "d").OutputBits > 16);
        Assert.Null(rows[^1].OutputBits);
        Assert.All(new ModelSummary(Floating).Rows, row => Assert.Equal((null, null), (row.WeightBits, row.OutputBits)));
    }

    [Fact]
    public void A_model_says_the_bits_of_its_weights_and_activations()
    {
        Assert.Null(Floating.Bits);
        Assert.Equal("8/8", Quantized(new QuantizationParams()).Bits);
        Model mixed = Quantized(new QuantizationParams { ActivationBits = 4, WeightBits = 4, InputWeightBits = 8 });
        Assert.Equal("4-8/4", mixed.Bits);
        Assert.Equal("4-8/4", AkidaConverter.Convert(mixed, AkidaVersion.V2).Bits);
    }

    [Fact]
    public void Connections_are_one_text()
    {
        Model sum = new Graph(8, 8, 2).ReLU("a").Add(new ReLU { Name = "b" }, "in").Sum("s", "a", "b").Build();
        Assert.Equal(["", "in", "in", "a, b"], new ModelSummary(sum).Rows.Select(row => row.ConnectedTo));
        Assert.Matches(@"\['a\[0\]\[0\]',\s+'b\[0\]\[0\]'\]", new ModelSummary(sum).ToString());
    }

    [Fact]
    public void Rows_of_an_Akida_model_say_the_same()
    {
        Model quantized = Quantized(new QuantizationParams { WeightBits = 4, InputWeightBits = 8 });
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        AkidaSummaryRow dense = new AkidaSummary(akida).Rows.Single(row => row.Name == "d");
        Assert.Equal((4, "c", "(1, 1, 3)"), (dense.WeightBits, dense.ConnectedTo, dense.OutputShape));
        Assert.Equal(144 * 3, dense.Macs);
        Assert.Equal(akida.Macs, new AkidaSummary(akida).Rows.Sum(row => row.Macs));
    }

    private static Model Quantized(QuantizationParams parameters) =>
        Quantizer.Quantize(Floating, new QuantizeOptions { Parameters = parameters, SampleCount = 4, Seed = 1 });

    private static SummaryRow[] Rows(QuantizationParams parameters) => [.. new ModelSummary(Quantized(parameters)).Rows];
}
