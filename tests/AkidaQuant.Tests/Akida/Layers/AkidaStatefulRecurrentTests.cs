using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: a projection, states that turn and fade, and a projection of what is kept of them.</summary>
public sealed class AkidaStatefulRecurrentTests
{
    private static readonly AkidaVariables Variables = Small();

    private static readonly AkidaStatefulRecurrent Plain = new()
    {
        Name = "layer",
        StatefulChannels = 1,
        OutputChannels = 1,
        OutputBits = 32,
        BufferBits = 32,
        Variables = Variables,
    };

    /// <summary>Factors of a half and of a quarter in 4 fractional bits.</summary>
    [Fact]
    public void States_go_on_from_call_to_call()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 2, 1));
        Assert.Equal([new Shape(1), new Shape(1)], run.State);
        Assert.Equal([3 * 32, 3 * 16], run.Run([1, 0]));
        Assert.Equal([3 * 6, 3 * 1], run.Run([0, 0]));
    }

    [Fact]
    public void The_last_of_some_time_steps_is_kept()
    {
        AkidaLayerRun run = new(Plain with { Subsample = 2 }, AkidaLayerRun.Bytes(1, 2, 1));
        Assert.Equal([3 * 16], run.Run([1, 0]));
        Assert.Equal(new Shape(1, 1, 1), run.Output.Shape);
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("StatefulRecurrent", Plain.TypeName);
        Assert.StartsWith(
            "stateful_channels=1 output_channels=1 subsample=1 activation=NoActivation",
            AkidaLayerRun.Parameters(Plain),
            StringComparison.Ordinal);
        Assert.Equal([new Shape(1, 1), new Shape(1, 1)], Plain.KernelShapes.AsEnumerable());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedSpec sequence = AkidaLayerRun.Bytes(1, 2, 1);
        AkidaLayerRun.RefusesWithoutWeights(Plain, "in_proj", 1, 2, 1);
        AkidaLayerRun.Refuses("AkidaVariableMissing", "'out_proj' is not set", AkidaLayerRun.With(Plain, "out_proj", null), sequence);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "a multiple of 3 time steps", Plain with { Subsample = 3 }, sequence);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "(1, time steps, channels)", Plain, AkidaLayerRun.Bytes(2, 1, 1));
        AkidaLayerRun.Refuses(
            "AkidaVariableShape", "'A_real' must be an int16 array", Plain with { Variables = Without("A_real") }, sequence);
        AkidaLayerRun.Refuses(
            "AkidaVariableShape", "'A_imag' must be an int16 array", Plain with { Variables = Without("A_imag") }, sequence);
    }

    private static AkidaVariables Small()
    {
        AkidaVariables variables = Emulation.Variables(
            ("in_proj", Emulation.Weights([1, 1], 2)),
            ("new_state_shift", (sbyte[])[8]),
            ("internal_state_outputs_shift", (sbyte[])[-4]),
            ("out_proj", Emulation.Weights([1, 1], 3)));
        variables.Add("A_real", NdArray<short>.Vector([8]));
        variables.Add("A_imag", NdArray<short>.Vector([4]));
        return variables;
    }

    private static AkidaVariables Without(string name)
    {
        AkidaVariables variables = Variables.Clone();
        variables.Add(name, NdArray<short>.Vector([1, 2]));
        return variables;
    }
}
