using System.Globalization;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats.AkidaFiles;
using AkidaQuant.Formats.Files;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;

namespace AkidaQuant.Tests.Formats.AkidaFiles;

/// <summary>Akida models on their way through a file.</summary>
internal static class StoredModel
{
    public static byte[] Bytes(AkidaModel model)
    {
        using MemoryStream stream = new();
        new AkidaFileWriter(model, TestContext.Current.CancellationToken).Write(stream);
        return stream.ToArray();
    }

    public static AkidaModel Read(byte[] content, long? maxSize = null)
    {
        string path = Path.Combine(Path.GetTempPath(), $"akidaquant-{Guid.NewGuid():N}.akq");
        File.WriteAllBytes(path, content);
        try
        {
            return AkidaFile.Read(
                path, new ModelReadOptions { MaxSize = maxSize, Cancellation = TestContext.Current.CancellationToken });
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static AkidaModel Through(AkidaModel model) => Read(Bytes(model));

    /// <summary>A random model of Akida 1.0 with samples for it.</summary>
    public static (AkidaModel Model, SampleSet Samples) OfVersion1(int seed)
    {
        Model floating = Version1Network.Of(seed);
        SampleSet samples = RandomSamples.Create(floating.InputShape, 8, IntegerType.UInt8, (ulong)seed);
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Samples = samples,
            Parameters = new QuantizationParams
            {
                WeightBits = seed % 3 == 0 ? 2 : 4,
                InputWeightBits = 8,
                ActivationBits = seed % 2 == 0 ? 1 : 4,
                PerTensorActivations = true,
            },
        });
        return (AkidaConverter.Convert(quantized, AkidaVersion.V1), samples);
    }

    /// <summary>Every layer with all that it has, values to the bit.</summary>
    public static void AssertSame(AkidaModel expected, AkidaModel actual)
    {
        Assert.Equal(
            (expected.Name, expected.IpVersion, expected.TakesChannelsFirst, expected.Form, expected.Tail.Count),
            (actual.Name, actual.IpVersion, actual.TakesChannelsFirst, actual.Form, actual.Tail.Count));
        Assert.Equal(expected.Layers.Count, actual.Layers.Count);
        foreach ((AkidaLayer first, AkidaLayer second) in expected.Layers.Zip(actual.Layers))
        {
            Assert.Equal(first.GetType(), second.GetType());
            Assert.Equal(first.Name, second.Name);
            Assert.Equal(first.Inbounds, second.Inbounds);
            Assert.All(
                LayerParameters.Of(first.GetType()),
                parameter => Assert.Equal(parameter.Property.GetValue(first), parameter.Property.GetValue(second)));
            Assert.Equal(first.Variables.Names, second.Variables.Names);
            Assert.All(first.Variables.Names, name => Assert.Equal(Text(first.Variables[name]!), Text(second.Variables[name]!)));
        }
    }

    /// <summary>Every layer of what the page's own reader found.</summary>
    public static void AssertSame(AkidaModel expected, PageModel actual)
    {
        Assert.Equal(
            (expected.Name, (int)expected.IpVersion, expected.TakesChannelsFirst),
            (actual.Name, actual.Version, actual.TakesChannelsFirst));
        Assert.Equal(expected.Layers.Select(layer => layer.Name), actual.Layers.Select(layer => layer.Name));
        foreach ((AkidaLayer layer, PageLayer found) in expected.Layers.Zip(actual.Layers))
        {
            Assert.Equal(layer.TypeName, found.Class);
            Assert.Equal(layer.Inbounds, found.Inbounds);
            foreach ((string name, object value) in layer.Parameters)
            {
                string expectedText = value switch
                {
                    Shape shape => $"[{string.Join(", ", shape)}]",
                    (int rows, int columns) => $"[{rows}, {columns}]",
                    bool flag => flag ? "true" : "false",
                    Enum constant => $"\"{constant}\"",
                    _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
                };
                Assert.Equal(expectedText, found.Parameters.GetProperty(name).GetRawText());
            }

            Assert.Equal(layer.Variables.Names, found.Variables.Select(variable => variable.Name));
            Assert.All(found.Variables, variable =>
                Assert.Equal(Text(layer.Variables[variable.Name]!), Text(variable.Type, new Shape(variable.Shape), variable.Values)));
        }
    }

    private static string Text(object array) => array switch
    {
        NdArray<sbyte> values => Text("int8", values.Shape, Array.ConvertAll(values.Values, value => (double)value)),
        NdArray<byte> values => Text("uint8", values.Shape, Array.ConvertAll(values.Values, value => (double)value)),
        NdArray<short> values => Text("int16", values.Shape, Array.ConvertAll(values.Values, value => (double)value)),
        NdArray<ushort> values => Text("uint16", values.Shape, Array.ConvertAll(values.Values, value => (double)value)),
        NdArray<int> values => Text("int32", values.Shape, Array.ConvertAll(values.Values, value => (double)value)),
        NdArray<float> values => Text("float32", values.Shape, Array.ConvertAll(values.Values, value => (double)value)),
        _ => throw new ArgumentException($"{array.GetType()} is no variable."),
    };

    private static string Text(string type, Shape shape, double[] values) =>
        $"{type} {shape} {string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}";
}
