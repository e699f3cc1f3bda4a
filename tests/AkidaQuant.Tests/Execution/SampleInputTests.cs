using AkidaQuant.Execution;
using AkidaQuant.Tests.Kernels;
using CsCheck;

namespace AkidaQuant.Tests.Execution;

public sealed class SampleInputTests
{
    private static readonly ValueRange[] Ranges =
        [new(0, 255), new(sbyte.MinValue, sbyte.MaxValue), new(0, 15), new(-3, 0), new(2, 9), ValueRange.OfBits(15), ValueRange.OfBits(31)];

    /// <summary>
    /// Whatever integers are stored as, they arrive in every buffer that holds them, and the first that is not of the type is named,
    /// however many stand around it.
    /// </summary>
    [Fact]
    public void Integers_of_the_type_arrive_and_others_are_refused() =>
        (from count in Gen.Int[1, 60]
         from range in Gen.OneOf(Ranges)
         from values in Gen.Frequency((3, Gen.Long[range.Min, range.Max]), (1, Gen.OneOf(range.Min, range.Max))).Array[3 * count]
         from wrong in Gen.Bool
         from at in Gen.Int[0, values.Length - 1]
         from beyond in Gen.OneOf(range.Min - 1, range.Max + 1)
         from storage in Cases.Storage(range)
         from isTurned in Gen.Bool
         from type in Gen.Int[0, 5]
         select (range, values, wrong ? (at, beyond) : ((int At, long Value)?)null, storage, isTurned, type)).Sample(
            (range, values, other, storage, isTurned, type) =>
            {
                if (other is { } replaced)
                {
                    values[replaced.At] = replaced.Value;
                }

                if (Stored(values, type) is not { } array)
                {
                    return;
                }

                SampleSet samples = SampleSet.FromArray(array, new Shape(1, 1, values.Length / 3));
                samples = isTurned ? samples.Reshape(new Shape(1, values.Length / 3, 1)).WithLastAxisFirst() : samples;
                IntegerData integers = new(values.Length / 3, 3, storage);
                FloatData floats = new(values.Length / 3, 3);
                void Load(TensorData target) => SampleInput.Load(samples, 0, 3, target, (range, "such"), "net");
                if (other is { } bad)
                {
                    string expected = $"Sample {bad.At / (values.Length / 3)} of an array holds {bad.Value},";
                    Assert.Contains(expected, Assert.Throws<QuantException>(() => Load(integers)).Message, StringComparison.Ordinal);
                    if (Math.Abs(bad.Value) < 1 << 24)
                    {
                        Assert.Contains(expected, Assert.Throws<QuantException>(() => Load(floats)).Message, StringComparison.Ordinal);
                    }

                    return;
                }

                Load(integers);
                Assert.Equal(values, Cases.Values(integers));
                Load(floats);
                Assert.Equal(values.Select(value => (float)value), floats.Values(3).ToArray());
            });

    [Theory]
    [InlineData(0.5f, "SampleTypeMismatch")]
    [InlineData(float.NaN, "SampleValueInvalid")]
    [InlineData(float.NegativeInfinity, "SampleValueInvalid")]
    [InlineData(256, "SampleTypeMismatch")]
    [InlineData(-1, "SampleTypeMismatch")]
    public void A_float_that_is_no_integer_of_the_type_is_found_wherever_it_stands(float value, string id)
    {
        for (int at = 0; at < 40; at++)
        {
            float[] values = new float[40];
            values[at] = value;
            SampleSet samples = SampleSet.FromArray(values, new Shape(40));
            QuantException error = Assert.Throws<QuantException>(() =>
                SampleInput.Load(samples, 0, 1, new FloatData(40, 1), (new ValueRange(0, 255), "uint8"), "net"));
            Assert.Equal(id, error.Id);
        }
    }

    /// <summary>The values as an array of a type; null where it does not hold them.</summary>
    private static Array? Stored(long[] values, int type)
    {
        try
        {
            return type switch
            {
                0 => Array.ConvertAll(values, value => checked((byte)value)),
                1 => Array.ConvertAll(values, value => checked((sbyte)value)),
                2 => Array.ConvertAll(values, value => checked((short)value)),
                3 => Array.ConvertAll(values, value => checked((ushort)value)),
                4 => Array.ConvertAll(values, value => checked((int)value)),
                _ => values,
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
