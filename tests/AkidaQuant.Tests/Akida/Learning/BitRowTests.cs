using AkidaQuant.Akida.Learning;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Learning;

/// <summary>Rows of bits, against lists of positions.</summary>
public sealed class BitRowTests
{
    [Fact]
    public void Rows_count_and_differ_as_sets_do() => Gen.Bool.Array[1, 200]
        .SelectMany(first => Gen.Bool.Array[first.Length].Select(second => (first, second)))
        .Sample(
            pair =>
            {
                BitRow first = Row(pair.first);
                BitRow second = Row(pair.second);
                int[] ones = Positions(pair.first);
                int[] others = Positions(pair.second);
                Assert.Equal(pair.first.Length, first.Length);
                Assert.Equal(ones.Length, first.Count);
                Assert.Equal(ones.Intersect(others).Count(), first.CountWith(second));
                Assert.Equal(ones.Except(others), first.Without(second));
                Assert.Equal(pair.first, Enumerable.Range(0, first.Length).Select(position => first[position]));
            },
            iter: 500);

    private static BitRow Row(bool[] bits)
    {
        BitRow row = new(bits.Length);
        for (int i = 0; i < bits.Length; i++)
        {
            row[i] = true;
            row[i] = bits[i];
        }

        return row;
    }

    private static int[] Positions(bool[] bits) => [.. Enumerable.Range(0, bits.Length).Where(position => bits[position])];
}
