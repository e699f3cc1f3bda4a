using AkidaQuant.Akida;
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
        ["reshaping"] = "AkidaPatternUnknown",
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
}
