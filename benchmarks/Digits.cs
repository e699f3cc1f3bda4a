using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Quantization;

namespace AkidaQuant.Benchmarks;

/// <summary>The trained network of the examples with its digits.</summary>
internal sealed class Digits
{
    /// <summary>Reads the network, quantizes it and converts it.</summary>
    public Digits()
    {
        Float = ModelReader.Read(ModelPath);
        Quantized = Quantizer.Quantize(Float, new QuantizeOptions { Samples = SampleReader.Read(CalibrationPath), BatchSize = 100 });
        Akida = AkidaConverter.Convert(Quantized, AkidaVersion.V2);
    }

    /// <summary>The path of the float network.</summary>
    public static string ModelPath => Repository.PathOf("examples/data/digits.h5");

    /// <summary>The path of 1,000 digits.</summary>
    public static string CalibrationPath => Repository.PathOf("examples/data/digits_calibration.npz");

    /// <summary>The path of 1,000 others.</summary>
    public static string TestPath => Repository.PathOf("examples/data/digits_test.npz");

    /// <summary>The float network.</summary>
    public Model Float { get; }

    /// <summary>The quantized network.</summary>
    public Model Quantized { get; }

    /// <summary>The network for Akida 2.0.</summary>
    public AkidaModel Akida { get; }

    /// <summary>The test digits again and again, as many as asked for.</summary>
    public static SampleSet Samples(int count)
    {
        SampleSet digits = SampleReader.Read(TestPath);
        int size = digits.SampleShape.Size;
        long[] integers = new long[digits.Count * size];
        digits.CopyTo(0, digits.Count, integers);
        byte[] values = new byte[count * size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (byte)integers[i % integers.Length];
        }

        return SampleSet.FromArray(values, digits.SampleShape, source: "digits");
    }
}
