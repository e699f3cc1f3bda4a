using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Each layer of an Akida 1.0 model by itself, on the integers that the quantized model has in front of it.</summary>
internal static class Version1Levels
{
    /// <summary>Converts a model; whether a warning says that levels mean others than those of the quantized model.</summary>
    public static (AkidaModel Model, bool MeanOthers) Convert(Model quantized)
    {
        bool warned = false;
        AkidaModel model = AkidaConverter.Convert(
            quantized, AkidaVersion.V1, warning => warned |= warning.Contains("Akida 1.0", StringComparison.Ordinal));
        return (model, warned);
    }

    /// <summary>Checks that no level is further than one from that of the quantized model for the same input.</summary>
    public static void AssertWithinOne(Model quantized, AkidaModel model, SampleSet samples)
    {
        foreach (AkidaV1Layer layer in model.Layers.OfType<AkidaV1Layer>())
        {
            long[] expected = Integers(quantized.Plan, quantized.Plan.Position(End(quantized, layer.Name)), samples);
            long[] actual = layer is AkidaInputConvolutional
                ? Integers(model.Plan, model.Layers.ToList().IndexOf(layer), samples)
                : Alone(quantized, layer, samples);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        }
    }

    /// <summary>The integers of a layer on those that the quantized model gives it.</summary>
    private static long[] Alone(Model quantized, AkidaV1Layer layer, SampleSet samples)
    {
        string before = quantized.NodeOf(layer.Name).Inputs[0];
        while (quantized.NodeOf(before).Layer is QuantizedFlatten or QuantizedReshape or QuantizedDropout)
        {
            before = quantized.NodeOf(before).Inputs[0];
        }

        var input = (QuantizedSpec)quantized.Plan[before].Prepared.Output;
        AkidaInputData data = new()
        {
            Name = "levels",
            InputShape = input.Shape.Rank == 1 ? new Shape(1, 1, input.Shape[0]) : input.Shape,
            InputBits = input.ValueBits,
            InputSigned = false,
        };
        byte[] levels = Array.ConvertAll(Integers(quantized.Plan, quantized.Plan.Position(before), samples), level => (byte)level);
        AkidaModel alone = new("alone", AkidaVersion.V1, [data, layer with { Inbounds = [data.Name] }]);
        return Integers(alone.Plan, 1, SampleSet.FromArray(levels, data.InputShape));
    }

    /// <summary>The last of the layers that became one.</summary>
    private static string End(Model quantized, string layer)
    {
        while (quantized.Consumers(layer) is
            [{ Layer: QuantizedReLU or QuantizedMaxPool2D or QuantizedGlobalAveragePooling2D or QuantizedDropout } next])
        {
            layer = next.Name;
        }

        return layer;
    }

    private static long[] Integers(ExecutionPlan plan, int step, SampleSet samples)
    {
        PlanRunner runner = new(plan, samples.Count);
        (ValueRange, string)? type = runner.Input is IntegerData ? (new ValueRange(0, byte.MaxValue), "uint8") : null;
        SampleInput.Load(samples, 0, samples.Count, runner.Input, type, "model");
        runner.Run(samples.Count);
        return EmulatorComparison.Integers(runner[step], samples.Count);
    }
}
