using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class RoundedLinesTests
{
    /// <summary>Every element meets the scale and the line of its channel, in any part of any number of them.</summary>
    [Theory]
    [EachInstructionSet]
    public void Every_element_meets_the_scale_and_the_line_of_its_channel(string instructions) =>
        (from channels in Gen.OneOf(Gen.Int[1, 40], Gen.Int[500, 520], Gen.Int[1020, 1030])
         from rows in Gen.OneOf(Gen.Int[1, 5], Gen.Int[1, 5].Select(i => i + (1024 / channels)))
         from values in Gen.Int[-9000, 9000].Array[rows * channels]
         from isDivision in Gen.Bool
         from storage in Gen.Enum<IntegerStorage>()
         from parts in DividedCases.Count
         select (channels, values, isDivision, storage, parts)).Sample(
            (channels, values, isDivision, storage, parts) =>
            {
                float[] input = Array.ConvertAll(values, value => value / 8f);
                float[] scales = [.. Enumerable.Range(0, channels).Select(c => MathF.ScaleB(1, (c % 5) - 2))];
                ChannelLine[] lines = new ChannelLine[channels];
                for (int c = 0; c < channels; c++)
                {
                    lines[c] = ChannelLine.Identity(ValueRange.OfBits(31));
                    _ = lines[c].TryAdd(c);
                    lines[c].Clamp(-2000, 3000);
                }

                RoundedLines kernel = new(scales, isDivision ? 0 : null, lines, InstructionSets.Choose(instructions));
                long[] expected = [.. input.Select((value, i) =>
                {
                    float scaled = isDivision ? value / scales[i % channels] : value * scales[i % channels];
                    return Math.Clamp((long)MathF.Round(scaled, MidpointRounding.ToEven) + (i % channels), -2000, 3000);
                })];
                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    long[] grounds = new long[expected.Length];
                    Array.Fill(grounds, ground);
                    IntegerData output = Cases.Buffer(grounds, expected.Length, storage);
                    kernel.Run(input, output, 1, share);
                    return Cases.Values(output);
                });
            },
            iter: 300);

    [Fact]
    public void Lines_that_32_bits_do_not_hold_are_refused() => Assert.Throws<ArgumentException>("lines", () =>
        new RoundedLines([1], null, [new ChannelLine(1L << 40, 0, 0, -1L << 60, 1L << 60)], InstructionSet.Plain));
}
