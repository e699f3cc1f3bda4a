using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using CsCheck;

namespace AkidaQuant.Tests.Reference;

/// <summary>Two writings of convert.md against each other.</summary>
public sealed class ReferenceConverterTests
{
    /// <summary>
    /// What the reference does not look at: integers that are wider than their variables wrap around, and layers that join integers of
    /// different kinds are left to the processor (akida-model.md 1.4).
    /// </summary>
    private static readonly string[] NotChecked = ["AkidaVariableRange", "AkidaConcatenateBits"];

    [Fact]
    public void What_the_reference_takes_this_converter_takes_too() =>
        Gen.OneOf(RandomNetwork.Any, RandomNetwork.Convertible).Sample(
            network =>
            {
                Model stored = Stored(network);
                if (ReferenceConverter.Refusals(stored).Count == 0)
                {
                    Assert.DoesNotContain(
                        AkidaConverter.Inspect(stored, AkidaVersion.V2).Problems, problem => !NotChecked.Contains(problem.Rule));
                }
            },
            iter: RandomNetwork.Count,
            print: network => network.ToString());

    [Fact]
    public void Networks_of_typical_forms_are_taken_and_each_broken_rule_is_said()
    {
        Assert.Empty(Of(Conv("c1"), Relu("r1"), Conv("c2"), Pool("p"), Relu("r2"), new Flatten { Name = "flat" }, Head()));
        Assert.Single(Of(Conv("c1"), Relu("r1"), Conv("c2", width: 1), Relu("r2")), "'c2' has no square kernel");
        Assert.Single(
            Of(Conv("c1"), Relu("r1"), Conv("c2"), Pool("p"), Pool("q"), Relu("r2")),
            "no pattern for QuantizedConv2D QuantizedMaxPool2D QuantizedMaxPool2D QuantizedReLU at 'c2'");
        Assert.Single(
            Of(Conv("c1"), Relu("r1"), Conv("c2"), Pool("p", Padding.Valid), Relu("r2")), "the pool behind 'c2' has another padding");
    }

    private static IReadOnlyList<string> Of(params Layer[] layers)
    {
        Layer[] all = [new InputLayer { Name = "image", Shape = new Shape(8, 8, 3), Type = IntegerType.UInt8 }, .. layers];
        Model model = Model.Create(
            "model", false, all.Select((layer, index) => new Node(layer, index == 0 ? [] : [all[index - 1].Name])), [all[^1].Name]);
        return ReferenceConverter.Refusals(Exported.Model(Quantizer.Quantize(model, new QuantizeOptions { SampleCount = 2, Seed = 3 })));
    }

    private static Conv2D Conv(string name, int width = 3) => new()
    {
        Name = name,
        Filters = 3,
        Window = new ConvolutionWindow { KernelSize = (3, width), Padding = Padding.Same },
        Kernel = NdArray<float>.Filled(new Shape(3, width, 3, 3), 0.25f),
        UseBias = false,
    };

    private static ReLU Relu(string name) => new() { Name = name };

    private static MaxPooling2D Pool(string name, Padding padding = Padding.Same) =>
        new() { Name = name, Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2), Padding = padding } };

    private static Dense Head() =>
        new() { Name = "head", Units = 2, Kernel = NdArray<float>.Filled(new Shape(48, 2), 0.5f), UseBias = false };

    /// <summary>The quantized network as its exported file gives it back.</summary>
    private static Model Stored(RandomNetwork network) => Exported.Model(Quantizer.Quantize(network.Model, new QuantizeOptions
    {
        Parameters = network.Parameters,
        SampleCount = 2,
        Seed = 3,
    }));
}
