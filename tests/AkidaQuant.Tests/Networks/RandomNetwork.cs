using System.Globalization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>A random image network of the kind that people quantize, and a scheme; all follows from the seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Model">The float network.</param>
/// <param name="Parameters">The scheme.</param>
public sealed record RandomNetwork(uint Seed, Model Model, QuantizationParams Parameters)
{
    /// <summary>Networks of all layers and sizes, with any scheme.</summary>
    public static Gen<RandomNetwork> Any => OfAll(NetworkChoices.All);

    /// <summary>As <see cref="Any"/>, with windows of paddings that Keras does not have.</summary>
    public static Gen<RandomNetwork> Padded => OfAll(NetworkChoices.All.WithPads);

    /// <summary>Networks of layers, sizes and bit-widths that Akida 2.0 has.</summary>
    public static Gen<RandomNetwork> Convertible => OfAkida(NetworkChoices.Akida);

    /// <summary>As <see cref="Convertible"/>, with windows of paddings that Keras does not have.</summary>
    public static Gen<RandomNetwork> ConvertiblePadded => OfAkida(NetworkChoices.Akida.WithPads);

    /// <summary>As <see cref="Convertible"/>, with layers that have no integers themselves but an exact form that has some.</summary>
    public static Gen<RandomNetwork> WithForms => OfAkida(NetworkChoices.Akida.WithForms);

    /// <summary>The networks that a test takes: <c>AKIDAQUANT_NETWORKS=1000</c> takes more than usual.</summary>
    public static int Count { get; } = Variable("AKIDAQUANT_NETWORKS") is { } count ? (int)count : 100;

    /// <summary>Any seeds; with <c>AKIDAQUANT_NETWORK_SEED</c> always that one.</summary>
    private static Gen<uint> Seeds => Variable("AKIDAQUANT_NETWORK_SEED") is { } seed ? Gen.Const(seed) : Gen.UInt[0, uint.MaxValue];

    private static Gen<RandomNetwork> OfAll(NetworkChoices choices) => Seeds.Select(seed =>
    {
        Random random = new((int)seed);
        QuantizationParams parameters = Scheme(random, Bits(random, 2, 8), Bits(random, 2, 16), Bits(random, 3, 12));
        return new RandomNetwork(seed, Build(random, new NetworkBuilder(random, choices)), parameters);
    });

    private static Gen<RandomNetwork> OfAkida(NetworkChoices choices) => Seeds.Select(seed =>
    {
        Random random = new((int)seed);
        QuantizationParams parameters = Scheme(random, random.Next(2) == 0 ? 4 : 8, random.Next(2) == 0 ? 4 : 8, Bits(random, 4, 8));
        return new RandomNetwork(seed, Build(random, new NetworkBuilder(random, choices)), parameters);
    });

    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string> layers = Model.Nodes.Select(node =>
            $"{node.Layer.ClassName} {node.Name} {Model.Plan[node.Name].Prepared.Output.Shape}");
        return string.Create(CultureInfo.InvariantCulture, $"AKIDAQUANT_NETWORK_SEED={Seed}: {Parameters}\n{string.Join('\n', layers)}");
    }

    private static Model Build(Random random, NetworkBuilder builder)
    {
        builder.Stem();
        int blocks = random.Next(1, 6);
        for (int i = 0; i < blocks; i++)
        {
            builder.Block();
        }

        builder.Head();
        return builder.Model();
    }

    private static QuantizationParams Scheme(Random random, int weights, int inputWeights, int outputs)
    {
        IntegerType inputs = random.Next(8) switch
        {
            0 => IntegerType.Int16,
            1 => IntegerType.UInt16,
            2 or 3 or 4 => IntegerType.Int8,
            _ => IntegerType.UInt8,
        };
        return new QuantizationParams
        {
            WeightBits = weights,

            // Products must fit into an accumulator of 28 bits.
            InputWeightBits = inputs.Bits() == 16 ? Math.Min(inputWeights, 8) : inputWeights,
            ActivationBits = Bits(random, 1, 8),
            OutputBits = outputs,
            PerTensorActivations = random.Next(2) == 0,
            LastOutputBits = random.Next(3) switch { 0 => null, 1 => 8, _ => 16 },
            InputType = inputs,
        };
    }

    private static int Bits(Random random, int least, int most) => random.Next(least, most + 1);

    private static uint? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? uint.Parse(value, CultureInfo.InvariantCulture) : null;
}
