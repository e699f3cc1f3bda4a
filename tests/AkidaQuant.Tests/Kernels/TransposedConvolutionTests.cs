using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

public sealed class TransposedConvolutionTests
{
    [Fact]
    public void Integer_sums_are_exact_and_saturate_once_in_every_instruction_set() =>
        (from g in Cases.Geometry
         from batch in Gen.Int[1, 3]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from image in Cases.Integers(range, batch * g.OutputShape.Size)
         from weights in Cases.Weights(g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[g.OutputChannels])
         from storage in Cases.Storage(range)
         select (g, batch, range, bits, image, weights, shift, storage)).Sample(
            @case =>
            {
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift, IntegerStorage storage) = @case;
                long[] expected = Cases.PerSample(image, g.OutputShape.Size, sample => Scatter(g, sample, weights, shift, bits, depthwise: false));
                IntegerData input = Cases.Buffer(image, g.OutputShape.Size, storage);
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    IntegerTransposedConvolution convolution = new(g, weights, shift, range, bits, set);
                    Check(expected, convolution.OutputRange, g, batch, output => convolution.Run(input, output, batch));
                }
            },
            iter: 400);

    [Fact]
    public void Depthwise_integer_sums_are_exact_and_saturate_once() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from batch in Gen.Int[1, 3]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from image in Cases.Integers(range, batch * g.OutputShape.Size)
         from weights in Cases.Weights(g.KernelHeight * g.KernelWidth * g.InputChannels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[g.OutputChannels])
         from storage in Cases.Storage(range)
         select (g, batch, range, bits, image, weights, shift, storage)).Sample(
            @case =>
            {
                (ConvolutionGeometry g, int batch, ValueRange range, int bits, long[] image, int[] weights, int[]? shift, IntegerStorage storage) = @case;
                long[] expected = Cases.PerSample(image, g.OutputShape.Size, sample => Scatter(g, sample, weights, shift, bits, depthwise: true));
                IntegerData input = Cases.Buffer(image, g.OutputShape.Size, storage);
                IntegerDepthwiseTransposedConvolution convolution = new(g, weights, shift, range, bits);
                Check(expected, convolution.OutputRange, g, batch, output => convolution.Run(input, output, batch));
            },
            iter: 600);

    [Fact]
    public void Float_sums_are_close_and_do_not_depend_on_the_batch() =>
        (from g in Cases.Geometry
         from depthwise in Gen.Bool
         let sizes = depthwise ? g with { OutputChannels = g.InputChannels } : g
         from batch in Gen.Int[1, 3]
         from image in Gen.Float[-3, 3].Array[batch * sizes.OutputShape.Size]
         from kernel in Gen.Float[-2, 2].Array[sizes.KernelHeight * sizes.KernelWidth * sizes.InputChannels * (depthwise ? 1 : sizes.OutputChannels)]
         from bias in Cases.Optional(Gen.Float[-2, 2].Array[sizes.InputChannels])
         select (sizes, depthwise, batch, image, kernel, bias)).Sample(
            @case =>
            {
                (ConvolutionGeometry g, bool depthwise, int batch, float[] image, float[] kernel, float[]? bias) = @case;
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    float[] whole = new float[batch * g.InputShape.Size];
                    Run(image, whole, batch);
                    float[] single = Cases.PerSample(image, g.OutputShape.Size, sample =>
                    {
                        float[] output = new float[g.InputShape.Size];
                        Run(sample, output, 1);
                        return output;
                    });
                    Assert.Equal(single, whole);
                    double[] expected = Cases.PerSample(Array.ConvertAll(image, value => (double)value), g.OutputShape.Size, sample => Scatter(g, sample, kernel, bias, depthwise));
                    for (int i = 0; i < whole.Length; i++)
                    {
                        Assert.InRange(whole[i], expected[i] - 1e-3, expected[i] + 1e-3);
                    }

                    void Run(float[] from, float[] to, int count)
                    {
                        if (depthwise)
                        {
                            new FloatDepthwiseTransposedConvolution(g, kernel, bias).Run(from, to, count);
                        }
                        else
                        {
                            new FloatTransposedConvolution(g, kernel, bias, set).Run(from, to, count);
                        }
                    }
                }
            },
            iter: 200);

    private static void Check(long[] expected, ValueRange range, ConvolutionGeometry g, int batch, Action<IntegerData> run)
    {
        QuantizedSpec spec = new(g.InputShape, 62, ScalarOrVector<int>.Scalar(0), null, range);
        IntegerData output = new(g.InputShape.Size, batch, spec.Storage);
        run(output);
        Assert.Equal(expected, Cases.Values(output));
    }

    /// <summary>The scatter rule of layers.md 3; the geometry is that of the convolution that is transposed.</summary>
    private static long[] Scatter(ConvolutionGeometry g, long[] image, int[] weights, int[]? shift, int bits, bool depthwise)
    {
        Int128[] sums = new Int128[g.InputShape.Size];
        Naive.Windows(g, (position, pixel, cell) =>
        {
            for (int c = 0; pixel >= 0 && c < g.OutputChannels; c++)
            {
                Int128 value = Naive.Shift(image[(position * g.OutputChannels) + c], shift?[c], bits);
                for (int f = depthwise ? c : 0; f < (depthwise ? c + 1 : g.InputChannels); f++)
                {
                    int weight = depthwise ? weights[(cell * g.InputChannels) + c] : weights[(((cell * g.OutputChannels) + c) * g.InputChannels) + f];
                    sums[(pixel * g.InputChannels) + f] += value * weight;
                }
            }
        });
        return Array.ConvertAll(sums, sum => Naive.Saturate(sum, bits));
    }

    private static double[] Scatter(ConvolutionGeometry g, double[] image, float[] kernel, float[]? bias, bool depthwise)
    {
        double[] sums = [.. Enumerable.Range(0, g.InputShape.Size).Select(i => bias is null ? 0.0 : bias[i % g.InputChannels])];
        Naive.Windows(g, (position, pixel, cell) =>
        {
            for (int c = 0; pixel >= 0 && c < g.OutputChannels; c++)
            {
                for (int f = depthwise ? c : 0; f < (depthwise ? c + 1 : g.InputChannels); f++)
                {
                    float weight = depthwise ? kernel[(cell * g.InputChannels) + c] : kernel[(((cell * g.OutputChannels) + c) * g.InputChannels) + f];
                    sums[(pixel * g.InputChannels) + f] += image[(position * g.OutputChannels) + c] * weight;
                }
            }
        });
        return sums;
    }
}
