using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class ChannelAffineTests
{
    [Fact]
    public void Every_step_is_rounded_by_itself_with_the_values_of_the_channel() =>
        (from channels in Gen.OneOf(Gen.Int[1, 40], Gen.Int[500, 530])
         from pixels in Gen.Int[1, 40]
         from shift in Cases.Optional(FloatCases.Value.Array[channels])
         from factor in FloatCases.Value.Array[channels]
         from offset in FloatCases.Value.Array[channels]
         from input in FloatCases.Value.Array[pixels * channels]
         select (channels, shift, factor, offset, input)).Sample(
            (channels, shift, factor, offset, input) =>
            {
                ChannelAffine affine = new(shift, factor, offset);
                IEnumerable<float> expected = input.Select((value, i) =>
                {
                    float moved = shift is null ? value : value - shift[i % channels];
                    float product = moved * factor[i % channels];
                    return product + offset[i % channels];
                });
                Assert.Equal(expected, FloatCases.Output(input.Length, output => affine.Run(input, output)));
            });

    [Fact]
    public void As_many_offsets_as_factors_are_needed() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelAffine(null, new float[2], new float[3]));
}
