using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

public sealed class FloatKernelTests
{
    // Products of these are far from subnormal numbers, which a relative bound does not cover.
    private static readonly Gen<float> Value = Gen.Int[-2_000_000, 2_000_000].Select(millionths => millionths / 1_000_000f);

    [Fact]
    public void Convolution_is_the_sum_of_products_in_every_instruction_set() =>
        (from sizes in Cases.Geometry
         from groups in Gen.Int[1, 3]
         let g = sizes with { InputChannels = sizes.InputChannels * groups, OutputChannels = sizes.OutputChannels * groups }
         from batch in Gen.Int[1, 3]
         from image in Value.Array[batch * g.InputShape.Size]
         from kernel in Value.Array[g.KernelHeight * g.KernelWidth * sizes.InputChannels * g.OutputChannels]
         from bias in Cases.Optional(Value.Array[g.OutputChannels])
         from padding in Cases.Optional(Gen.OneOf(Value.Array[1], Value.Array[g.InputChannels]))
         select (g, groups, batch, image, kernel, bias, padding)).Sample(
            (g, groups, batch, image, kernel, bias, padding) => Check(
                g.OutputShape.Size,
                set => Output(batch * g.OutputShape.Size, output => new FloatConvolution(g, kernel, bias, padding, groups, set).Run(image, output, batch)),
                sample => Naive.Convolve(g, image[(sample * g.InputShape.Size)..((sample + 1) * g.InputShape.Size)], kernel, bias, padding, groups)),
            iter: 300);

    [Fact]
    public void Depthwise_convolution_filters_each_channel_in_every_instruction_set() =>
        (from sizes in Cases.Geometry
         from multiplier in Gen.Int[1, 3]
         let g = sizes with { OutputChannels = sizes.InputChannels * multiplier }
         from batch in Gen.Int[1, 3]
         from image in Value.Array[batch * g.InputShape.Size]
         from kernel in Value.Array[g.KernelHeight * g.KernelWidth * g.OutputChannels]
         from bias in Cases.Optional(Value.Array[g.OutputChannels])
         select (g, multiplier, batch, image, kernel, bias)).Sample(
            (g, multiplier, batch, image, kernel, bias) => Check(
                g.OutputShape.Size,
                set => Output(batch * g.OutputShape.Size, output => new FloatDepthwiseConvolution(g, kernel, bias, multiplier, set).Run(image, output, batch)),
                sample => Naive.Convolve(
                    g, image[(sample * g.InputShape.Size)..((sample + 1) * g.InputShape.Size)], kernel, bias, null, g.InputChannels)),
            iter: 300);

    [Fact]
    public void Dense_is_the_product_of_rows_and_matrix_in_every_instruction_set() =>
        (from rows in Gen.Int[1, 20]
         from inputs in Gen.Int[1, 300]
         from units in Gen.Int[1, 80]
         from input in Value.Array[rows * inputs]
         from kernel in Value.Array[inputs * units]
         from bias in Cases.Optional(Value.Array[units])
         select (rows, inputs, units, input, kernel, bias)).Sample(
            (rows, inputs, units, input, kernel, bias) =>
            {
                ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(1, rows, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
                Check(
                    rows * units,
                    set => Output(rows * units, output => new FloatDense(inputs, units, kernel, bias, set).Run(input, output, rows)),
                    _ => Naive.Convolve(g, input, kernel, bias, null, 1));
            },
            iter: 100);

    [Fact]
    public void Convolution_gives_the_same_bits_whatever_the_batch()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(5, 5, 7), (3, 3), (1, 1), (1, 1), Padding.Same, 19);
        (from image in Value.Array[3 * g.InputShape.Size]
         from kernel in Value.Array[9 * 7 * 19]
         select (image, kernel)).Sample(
            (image, kernel) =>
            {
                var convolution = new FloatConvolution(g, kernel, null);
                float[] together = Output(3 * g.OutputShape.Size, output => convolution.Run(image, output, 3));
                float[] alone = Cases.PerSample(image, g.InputShape.Size, sample => Output(g.OutputShape.Size, output => convolution.Run(sample, output, 1)));
                Assert.Equal(alone, together);
            },
            iter: 30);
    }

    [Fact]
    public void Max_pooling_takes_the_greatest_cell_inside_the_image() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels, DilationHeight = 1, DilationWidth = 1 }
         from batch in Gen.Int[1, 3]
         from image in Gen.Float[-9, -1].Array[batch * g.InputShape.Size]
         select (g, batch, image)).Where(@case => EveryWindowTouchesTheImage(@case.g)).Sample(
            (g, batch, image) =>
            {
                float[] expected = Cases.PerSample(image, g.InputShape.Size, sample =>
                {
                    var output = new float[g.OutputShape.Size];
                    Array.Fill(output, float.NegativeInfinity);
                    Naive.Windows(g, (position, pixel, _) =>
                    {
                        for (int c = 0; pixel >= 0 && c < g.InputChannels; c++)
                        {
                            ref float greatest = ref output[(position * g.InputChannels) + c];
                            greatest = Math.Max(greatest, sample[(pixel * g.InputChannels) + c]);
                        }
                    });
                    return output;
                });
                Assert.Equal(expected, Output(expected.Length, output => new MaxPooling(g).Run<float>(image, output, batch)));
            },
            iter: 300);

    [Fact]
    public void Global_average_pooling_is_the_mean_of_each_channel() =>
        (from positions in Gen.Int[1, 200]
         from channels in Gen.Int[1, 40]
         from batch in Gen.Int[1, 3]
         from image in Value.Array[batch * positions * channels]
         select (positions, channels, batch, image)).Sample(
            (positions, channels, batch, image) => Check(
                channels,
                _ => Output(batch * channels, output => new GlobalAveragePooling(positions, channels).Run(image, output, batch)),
                sample =>
                {
                    IEnumerable<float>[] values = [.. Enumerable.Range(0, channels).Select(c =>
                        Enumerable.Range(0, positions).Select(p => image[(((sample * positions) + p) * channels) + c]))];
                    return ([.. values.Select(v => v.Average(x => (double)x))], [.. values.Select(v => v.Average(x => (double)Math.Abs(x)))]);
                }),
            iter: 50);

    private static bool EveryWindowTouchesTheImage(ConvolutionGeometry g)
    {
        var touches = new bool[g.OutputHeight * g.OutputWidth];
        Naive.Windows(g, (position, pixel, _) => touches[position] |= pixel >= 0);
        return Array.TrueForAll(touches, touch => touch);
    }

    private static float[] Output(int size, Action<float[]> run)
    {
        var output = new float[size];
        Array.Fill(output, float.NaN);
        run(output);
        return output;
    }

    private static void Check(int sampleSize, Func<InstructionSet, float[]> run, Func<int, (double[] Sums, double[] Magnitudes)> naive)
    {
        float[] plain = run(InstructionSet.Plain);
        for (int i = 0; i < plain.Length; i += sampleSize)
        {
            (double[] sums, double[] magnitudes) = naive(i / sampleSize);
            for (int j = 0; j < sampleSize; j++)
            {
                Assert.InRange(plain[i + j], sums[j] - (1e-5 * magnitudes[j]), sums[j] + (1e-5 * magnitudes[j]));
            }
        }

        foreach (InstructionSet set in InstructionSets.Supported)
        {
            Assert.Equal(plain, run(set));
        }
    }
}
