using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Akida;

/// <summary>The emulator against the quantized model, over every input of every case that converts.</summary>
public sealed class EmulatorVectorTests
{
    /// <summary>The cases that Akida 2.0 cannot compute, with the rule that says so.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["batchnorm_maxpool_orders"] = "AkidaPatternUnknown",
        ["dense_only"] = "AkidaInputUnsigned",
        ["float_input_uint8_per_tensor"] = "AkidaPaddingValueInside",
        ["last_output_bits_16"] = "AkidaInputUnsigned",
        ["last_output_bits_8"] = "AkidaInputUnsigned",
        ["reshaping"] = "AkidaPatternUnknown",
        ["streaming_recurrent"] = "AkidaPatternUnknown",
        ["tutorial_1_params"] = "AkidaPatternUnknown",
        ["tutorial_2_partial_config"] = "AkidaPatternUnknown",
    };

    public static TheoryData<string> Cases => VectorCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Potentials_and_outputs_equal_those_of_the_quantized_model(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model quantized = vectors.ReadModel("quantized.h5");
        if (Refused.TryGetValue(name, out string? rule))
        {
            QuantException refusal = Assert.Throws<QuantException>(() => AkidaConverter.Convert(quantized, AkidaVersion.V2));
            Assert.Equal(rule, refusal.Id);
            return;
        }

        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, model, vectors.Samples("inputs.npz"));
        Assert.True(comparison.Potentials > 0);
        Assert.Equal(0, comparison.DifferentPotentials);
        Assert.Equal(0, comparison.DifferentFloats);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {comparison.Potentials} potentials");
    }

    [Fact]
    public void The_shift_of_a_flattening_is_part_of_the_dense_layer()
    {
        AkidaModel model = AkidaConverter.Convert(VectorCase.Open("digits_lenet").ReadModel("quantized.h5"), AkidaVersion.V2);
        AkidaLayer dense = model.Layers.First(layer => layer is AkidaDense1D);
        Assert.Contains(dense.Variables.Integers("flatten_shift")!.Values, shift => shift > 0);
    }

    [Fact]
    public void Layers_behind_the_first_Dequantizer_are_named_in_a_warning()
    {
        List<string> warnings = [];
        AkidaModel model = AkidaConverter.Convert(
            VectorCase.Open("fused_activations_softmax_head").ReadModel("quantized.h5"), AkidaVersion.V2, warnings.Add);
        Assert.Equal("c1/dequantizer", model.Layers[^1].Name);
        Assert.Contains("'fc1_activ' (Activation)", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Output_shifts_below_the_references_bound_are_kept_and_reported()
    {
        List<string> warnings = [];
        AkidaModel model = AkidaConverter.Convert(
            VectorCase.Open("float_input_int16").ReadModel("quantized.h5"),
            AkidaVersion.V2,
            warnings.Add);
        Assert.All(model["c0"].Variables.Integers("output_shift")!.Values, shift => Assert.Equal(-29, shift));
        Assert.Contains("'gap'", Assert.Single(warnings), StringComparison.Ordinal);
    }
}
