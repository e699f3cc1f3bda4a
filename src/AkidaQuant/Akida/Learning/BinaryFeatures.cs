using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Learning;

/// <summary>What comes into a layer that learns, sample by sample: the outputs of 1 bit of the layers in front of it.</summary>
internal sealed class BinaryFeatures
{
    private readonly AkidaModel _extractor;
    private readonly int[] _rows;

    /// <summary>The inputs of a layer behind an Akida model.</summary>
    /// <param name="extractor">All layers in front.</param>
    /// <param name="layer">The name of the layer that learns, for errors.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningInput</c>: they are not of 1 bit; <c>AkidaLearningVersion</c>: the model is not of Akida 1.0.
    /// </exception>
    public BinaryFeatures(AkidaModel extractor, string layer)
    {
        _extractor = extractor;
        if (extractor.IpVersion != AkidaVersion.V1)
        {
            throw new QuantException(
                "AkidaLearningVersion",
                QuantErrorKind.NotSupported,
                $"The Akida model '{extractor.Name}' is one of Akida {(int)extractor.IpVersion}.0, and layers learn in Akida 1.0 only. Convert the network with ConvertTo-Akida -Version 1.0.",
                extractor);
        }

        if (extractor.Plan.Output is not QuantizedSpec { Bits: 1, IsSigned: false } output)
        {
            string found = extractor.Plan.Output is QuantizedSpec { } integers ? $"integers of {integers.Bits} bits" : "floats";
            throw new QuantException(
                "AkidaLearningInput",
                QuantErrorKind.InvalidData,
                $"Layer '{layer}' learns from inputs of 1 bit, but '{extractor.Layers[^1].Name}' in front of it gives {found}. Quantize the network with an output_quantizer of 1 bit on the ReLU in front (Get-QuantConfig, then .output_quantizer.bitwidth = 1), or give the layer an activation with act_bits 1.",
                layer);
        }

        Shape = output.Shape;
        _rows = AkidaFullyConnected.ChannelsFirst([.. Enumerable.Range(0, Shape.Size)], Shape, 1);
    }

    /// <summary>The shape of what comes in.</summary>
    public Shape Shape { get; }

    /// <summary>The inputs of all samples, in the order in which the weights of the layer stand.</summary>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public IEnumerable<BitRow> Of(SampleSet samples, int? batchSize, int? threads, CancellationToken cancellation)
    {
        foreach (PotentialBatch batch in Emulator.RunPotentials(_extractor, samples, batchSize, threads, cancellation))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                BitRow row = new(_rows.Length);
                for (int position = 0; position < _rows.Length; position++)
                {
                    row[position] = batch.Values[(i * _rows.Length) + _rows[position]] != 0;
                }

                yield return row;
            }
        }
    }
}
