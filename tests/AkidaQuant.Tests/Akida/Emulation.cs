using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Akida;

/// <summary>Runs hand-made Akida models on a few samples.</summary>
internal static class Emulation
{
    public static AkidaVariables Variables(params (string Name, object Value)[] values)
    {
        AkidaVariables variables = [];
        foreach ((string name, object value) in values)
        {
            switch (value)
            {
                case NdArray<sbyte> array:
                    variables.Add(name, array);
                    break;
                case NdArray<byte> array:
                    variables.Add(name, array);
                    break;
                case NdArray<short> array:
                    variables.Add(name, array);
                    break;
                case NdArray<int> array:
                    variables.Add(name, array);
                    break;
                case NdArray<float> array:
                    variables.Add(name, array);
                    break;
                // A byte[] seen as an object is a sbyte[] too.
                case sbyte[] array when value.GetType() == typeof(sbyte[]):
                    variables.Add(name, NdArray<sbyte>.Vector(array));
                    break;
                case byte[] array:
                    variables.Add(name, NdArray<byte>.Vector(array));
                    break;
                case int[] array:
                    variables.Add(name, NdArray<int>.Vector(array));
                    break;
                case float[] array:
                    variables.Add(name, NdArray<float>.Vector(array));
                    break;
                default:
                    throw new ArgumentException($"{name} is a {value.GetType()}.", nameof(values));
            }
        }

        return variables;
    }

    public static NdArray<sbyte> Weights(int[] shape, params int[] values) =>
        new(new Shape(shape), Array.ConvertAll(values, value => checked((sbyte)value)));

    public static AkidaModel Model(AkidaVersion version, params AkidaLayer[] layers) => new("model", version, layers);

    /// <summary>A runner that has run one sample of integers.</summary>
    public static PlanRunner Run(AkidaModel model, params int[] sample)
    {
        PlanRunner runner = model.Plan.CreateRunner(1);
        var input = (IntegerData)runner.Input;
        Array.ConvertAll(sample, value => (short)value).CopyTo(input.Values<short>(1));
        runner.Run(1);
        return runner;
    }

    /// <summary>The integers before the Dequantizer.</summary>
    public static long[] Potentials(AkidaModel model, PlanRunner runner) => Integers(runner[model.PotentialStep]);

    public static long[] Integers(TensorData data) => EmulatorComparison.Integers(data, 1);

    /// <summary>The values of one channel, row-major.</summary>
    public static long[] Channel(TensorData data, int channel, int channels) =>
        [.. Integers(data).Where((_, index) => index % channels == channel)];
}
