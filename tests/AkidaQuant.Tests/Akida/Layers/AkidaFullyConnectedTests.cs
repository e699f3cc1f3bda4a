using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Layers;

public sealed class AkidaFullyConnectedTests
{
    [Fact]
    public void Stored_weights_meet_inputs_in_the_order_of_channels_columns_rows()
    {
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 999])
            .Sample(
                (x, y, c, seed) =>
                {
                    Random random = new(seed);
                    int[] sample = [.. Enumerable.Range(0, x * y * c).Select(_ => random.Next(16))];
                    int[] stored = [.. Enumerable.Range(0, sample.Length).Select(_ => random.Next(-7, 8))];
                    long expected = 0;
                    int position = 0;
                    for (int channel = 0; channel < c; channel++)
                    {
                        for (int column = 0; column < y; column++)
                        {
                            for (int row = 0; row < x; row++)
                            {
                                expected += stored[position++] * sample[(((row * y) + column) * c) + channel];
                            }
                        }
                    }

                    AkidaModel model = Emulation.Model(
                        AkidaVersion.V1,
                        new AkidaInputData { Name = "input", InputShape = new Shape(x, y, c) },
                        new AkidaFullyConnected
                        {
                            Name = "dense",
                            Inbounds = ["input"],
                            Units = 1,
                            WeightsBits = 4,
                            Activation = false,
                            Variables = Emulation.Variables(
                                ("weights", Emulation.Weights([1, 1, stored.Length, 1], stored)),
                                ("threshold", (int[])[-3]),
                                ("act_step", (float[])[4f])),
                        });
                    PlanRunner runner = Emulation.Run(model, sample);
                    return Emulation.Potentials(model, runner)[0] == expected + 3
                        && EmulatorComparison.Floats(model, runner, 1)![0] == (expected + 3) / 4f;
                });
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal(("FullyConnected", "Fully.", AkidaVersion.V1), (Plain.TypeName, Plain.SummaryTypeName, Plain.Version));
        Assert.Equal("units=1 weights_bits=1 activation=True act_bits=1", AkidaLayerRun.Parameters(Plain));
        Assert.Equal(2, new AkidaLayerRun(Plain, AkidaLayerRun.Pixels(1, 1, 2)).Macs);
    }

    [Fact]
    public void What_does_not_fit_is_refused() => AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 1, 2);

    private static AkidaFullyConnected Plain =>
        new() { Name = "dense", Units = 1, Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 2, 1], 1, -1))) };
}
