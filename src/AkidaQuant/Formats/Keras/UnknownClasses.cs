using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Says why a layer of a file is not read, by its own name, and what to do about it.</summary>
internal static class UnknownClasses
{
    private const string Memory =
        "computes step by step with a memory, which no Akida processor does. Akida has temporal convolutions (BufferTempConv, DepthwiseBufferTempConv) and StatefulRecurrent layers instead; train the network with these";

    private const string Trained =
        "quantizes while it trains, in a way of its own (QKeras, HGQ), which Akida does not have. Save a network of plain layers of Keras with the same weights, and quantize that here";

    private const string Products =
        "multiplies parts of its input with each other, which no Akida processor does. Convolutions, or BufferTempConv over time, take its place in networks for Akida; train the network with these";

    /// <summary>The obstacle of kinds of layers, as the end of a sentence.</summary>
    private static readonly (string[] Classes, string Problem)[] Kinds =
    [
        (
            [
                "LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
                "LMU", "StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell",
            ],
            Memory),
        (
            [
                "MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention", "Attention", "AdditiveAttention", "Dot", "Einsum",
                "EinsumDense",
            ],
            Products),
        (
            ["TimeDistributed"],
            "applies a layer to each step of a sequence. Akida takes one step at a time: build the network with the layer itself, for inputs of one step, with the same weights, and save that"),
        (
            ["Embedding", "TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "CategoryEncoding", "Discretization"],
            "looks up what numbers or words stand for, which no Akida processor does. Do this before the network, and save the layers behind it as a network of their own"),
        (
            [
                "QDense", "QConv1D", "QConv2D", "QDepthwiseConv2D", "QSeparableConv2D", "QActivation", "QBatchNormalization",
                "QConv2DBatchnorm", "QDenseBatchnorm", "QAveragePooling2D", "QGlobalAveragePooling2D", "HDense", "HConv2D", "HActivation",
                "HQuantize", "FixedPointQuantizer",
            ],
            Trained),
        (
            ["Masking"],
            "leaves out steps by the values of each sample, which neither Akida nor the kernels here do. Build the model without it, with the same weights, and give samples of the whole length"),
        (
            ["Lambda"],
            "holds code of Python, which is not run. Write it as layers of Keras, such as Rescaling, Reshape or Activation, and save the model again"),
    ];

    /// <summary>The error for a layer of a class that is not read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The layer.</param>
    /// <param name="className">Its class.</param>
    public static QuantException Error(string path, string name, string className)
    {
        string shortName = className[(className.LastIndexOf('>') + 1)..];
        string? known = Kinds.FirstOrDefault(kind => kind.Classes.Contains(shortName)).Problem;
        return new QuantException(
            "UnknownLayerClass",
            QuantErrorKind.NotSupported,
            known is not null
                ? $"The layer '{name}' in '{path}' is of the class '{className}', which {known}."
                : $"The layer '{name}' in '{path}' is of the class '{className}', which is not supported. Replace it by layers of these classes: {Listing.Of(LayerClasses.FloatNames, shortName)} (about_AkidaQuant_Keras has them all).",
            name);
    }
}
