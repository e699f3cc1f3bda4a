using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Conversion.Integers;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Akida;

/// <summary>
/// The sequences that converters accept, however they are composed, are those of the table in convert.md 2.4 and a few of our own.
/// </summary>
public sealed class BlockPatternTests
{
    /// <summary>The table, with the short names of the chapter: a sequence a line.</summary>
    private static readonly Dictionary<Type, (AkidaVersion[] Versions, bool IsInput, string Sequences)> Chapter = new()
    {
        [typeof(QuantizerConverter)] = ([AkidaVersion.V1, AkidaVersion.V2], true, "InputQuantizer"),
        [typeof(InputConv2DConverter)] = ([AkidaVersion.V2], true, """
            QConv2D, QReLU
            QConv2D, QMaxPool2D, QReLU
            QConv2D, QActivation
            QConv2D, QMaxPool2D, QActivation
            """),
        [typeof(Conv2DConverter)] = ([AkidaVersion.V2], false, """
            QConv2D
            QConv2D, QReLU
            QConv2D, QMaxPool2D, QReLU
            QConv2D, QReLU, QGlobalAveragePooling2D
            QConv2D, QGlobalAveragePooling2D
            QConv2D, QActivation
            QConv2D, QMaxPool2D, QActivation
            QConv2D, QActivation, QGlobalAveragePooling2D
            """),
        [typeof(DepthwiseConv2DConverter)] = ([AkidaVersion.V2], false, """
            QDepthwiseConv2D
            QDepthwiseConv2D, QReLU
            QDepthwiseConv2D, QMaxPool2D, QReLU
            QDepthwiseConv2D, QActivation
            QDepthwiseConv2D, QMaxPool2D, QActivation
            """),
        [typeof(Conv2DTransposeConverter)] = ([AkidaVersion.V2], false, """
            QConv2DTranspose
            QConv2DTranspose, QReLU
            QConv2DTranspose, QActivation
            """),
        [typeof(DepthwiseConv2DTransposeConverter)] = ([AkidaVersion.V2], false, """
            QDepthwiseConv2DTranspose
            QDepthwiseConv2DTranspose, QReLU
            QDepthwiseConv2DTranspose, QActivation
            """),
        [typeof(Dense1DConverter)] = ([AkidaVersion.V2], false, """
            QDense
            QDense, QReLU
            QFlatten, QDense
            QFlatten, QDense, QReLU
            QReshape, QDense
            QReshape, QDense, QReLU
            QReshape, QFlatten, QDense
            QReshape, QFlatten, QDense, QReLU
            """),
        [typeof(AddConverter)] = ([AkidaVersion.V2], false, "QAdd"),
        [typeof(ConcatenateConverter)] = ([AkidaVersion.V2], false, "QConcatenate"),
        [typeof(BufferTempConvConverter)] = ([AkidaVersion.V2], false, """
            QBufferTempConv
            QBufferTempConv, QReLU
            """),
        [typeof(DepthwiseBufferTempConvConverter)] = ([AkidaVersion.V2], false, """
            QDepthwiseBufferTempConv
            QDepthwiseBufferTempConv, QReLU
            """),
        [typeof(StatefulRecurrentConverter)] = ([AkidaVersion.V2], false, """
            QStatefulProjection, QStatefulRecurrent, QExtractToken, QStatefulProjection
            QStatefulProjection, QStatefulRecurrent, QExtractToken, QStatefulProjection, QReLU
            """),
        [typeof(PicoPostProcessingConverter)] = ([AkidaVersion.V2], false, "QPicoPostProcessing"),
        [typeof(DequantizerConverter)] = ([AkidaVersion.V2], false, "Dequantizer"),
        [typeof(InputConvolutionalConverter)] = ([AkidaVersion.V1], true, """
            QConv2D, QReLU
            QConv2D, QMaxPool2D, QReLU
            """),
        [typeof(ConvolutionalConverter)] = ([AkidaVersion.V1], false, """
            QConv2D
            QConv2D, QReLU
            QConv2D, QMaxPool2D, QReLU
            QConv2D, QGlobalAveragePooling2D, QReLU
            QConv2D, QGlobalAveragePooling2D
            """),
        [typeof(SeparableConvolutionalConverter)] = ([AkidaVersion.V1], false, """
            QSeparableConv2D
            QSeparableConv2D, QReLU
            QSeparableConv2D, QMaxPool2D, QReLU
            QSeparableConv2D, QGlobalAveragePooling2D, QReLU
            QSeparableConv2D, QGlobalAveragePooling2D
            """),
        [typeof(FullyConnectedConverter)] = ([AkidaVersion.V1], false, """
            QDense
            QDense, QReLU
            QFlatten, QDense
            QFlatten, QDense, QReLU
            QReshape, QDense
            QReshape, QDense, QReLU
            QReshape, QFlatten, QDense
            QReshape, QFlatten, QDense, QReLU
            """),
        [typeof(V1DequantizerConverter)] = ([AkidaVersion.V1], false, "Dequantizer"),
    };

    /// <summary>What only our converter accepts: pools without an activation.</summary>
    private static readonly Dictionary<Type, string[]> Own = new()
    {
        [typeof(Conv2DConverter)] = ["QConv2D, QMaxPool2D"],
        [typeof(DepthwiseConv2DConverter)] = ["QDepthwiseConv2D, QMaxPool2D"],
    };

    public static TheoryData<string> Names => [.. Chapter.Keys.Select(type => type.Name)];

    private static IEnumerable<Type> All => typeof(BlockConverter).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(BlockConverter)) && !type.IsAbstract);

    [Theory]
    [InlineData(AkidaVersion.V1)]
    [InlineData(AkidaVersion.V2)]
    public void No_two_converters_that_compete_accept_the_same_sequence(AkidaVersion version)
    {
        IEnumerable<BlockConverter> converters = All.Select(Make).Where(converter => converter.Supports(version));
        foreach (IGrouping<bool, BlockConverter> rivals in converters.GroupBy(converter => converter.IsInput))
        {
            string[] sequences = [.. rivals.SelectMany(converter => converter.Patterns).Select(Describe)];
            Assert.NotEmpty(sequences);
            Assert.Equal(sequences.Distinct(StringComparer.Ordinal), sequences);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_converter_accepts_the_sequences_of_the_chapter_its_own_and_no_others(string name)
    {
        Type type = Chapter.Keys.Single(type => type.Name == name);
        (AkidaVersion[] versions, bool isInput, string sequences) = Chapter[type];
        BlockConverter converter = Make(type);
        Assert.Equal(
            sequences.Split('\n', StringSplitOptions.TrimEntries).Concat(Own.GetValueOrDefault(type, [])).Order(StringComparer.Ordinal),
            converter.Patterns.Select(Describe).Order(StringComparer.Ordinal));
        Assert.Equal(versions, Enum.GetValues<AkidaVersion>().Where(converter.Supports));
        Assert.Equal(isInput, converter.IsInput);
    }

    [Fact]
    public void A_converter_of_integers_accepts_its_layer_alone()
    {
        BlockConverter[] converters = [.. All.Where(type => type.Namespace == typeof(IntegerAddConverter).Namespace).Select(Make)];
        Assert.NotEmpty(converters);
        Assert.All(converters, converter =>
            Assert.Equal($"{Assert.Single(Assert.Single(converter.Patterns)).Name}Converter", converter.GetType().Name));
    }

    [Theory]
    [InlineData(AkidaVersion.V2, new[] { typeof(QuantizedConv2D), typeof(QuantizedMaxPool2D), typeof(QuantizedMaxPool2D) }, """

         - QuantizedConv2D > QuantizedMaxPool2D
         - QuantizedConv2D > QuantizedMaxPool2D > QuantizedReLU
         - QuantizedConv2D > QuantizedMaxPool2D > QuantizedActivation
         - QuantizedConv2D
         - QuantizedConv2D > QuantizedReLU
         - and 34 more that are less like it
        """)]
    [InlineData(AkidaVersion.V1, new[] { typeof(QuantizedSeparableConv2D), typeof(QuantizedActivation) }, """

         - QuantizedSeparableConv2D
         - QuantizedSeparableConv2D > QuantizedReLU
         - QuantizedSeparableConv2D > QuantizedGlobalAveragePooling2D
         - QuantizedSeparableConv2D > QuantizedMaxPool2D > QuantizedReLU
         - QuantizedSeparableConv2D > QuantizedGlobalAveragePooling2D > QuantizedReLU
         - and 14 more that are less like it
        """)]
    public void The_nearest_sequences_are_listed_shortest_and_plainest_first(AkidaVersion version, Type[] classes, string expected)
    {
        IEnumerable<Type[]> patterns = Chapter.Keys.OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(Make)
            .Where(converter => converter.Supports(version) && !converter.IsInput)
            .SelectMany(converter => converter.Patterns);
        IEnumerable<string> lines = NearestPatterns.List(classes, patterns).Select(item => $"\n - {item}");
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Concat(lines));
    }

    private static BlockConverter Make(Type type) => (BlockConverter)Activator.CreateInstance(type)!;

    private static string Describe(Type[] pattern) =>
        string.Join(", ", pattern.Select(type => type.Name.Replace("Quantized", "Q", StringComparison.Ordinal)));
}
