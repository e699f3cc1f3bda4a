using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class BroadcastArithmeticTests
{
    [Fact]
    public void Values_meet_as_their_axes_do() =>
        (from output in Gen.OneOf(Gen.Int[1, 4].Array[1, 4], Gen.Int[1, 40].Array[1, 2])
         from left in Side(output)
         from right in Side(output)
         from batch in Gen.Int[1, 3]
         from constant in Gen.Bool
         from function in Gen.Enum<Arithmetic>()
         from a in FloatCases.Value.Array[batch * left.Size]
         from b in Gen.Float[0.5f, 9].Array[(constant ? 1 : batch) * right.Size]
         select (left, right, batch, function, a, b)).Sample(
            (left, right, batch, function, a, b) =>
            {
                BroadcastArithmetic arithmetic = new(function, left, right);
                Shape output = arithmetic.OutputShape;
                float[] actual = FloatCases.Output(batch * output.Size, result => arithmetic.Run(a, b, result, batch));
                int i = 0;
                foreach (int[] position in Axes.Positions(output, batch))
                {
                    float x = a[(position[0] * left.Size) + Index(left, position)];
                    float y = b[(b.Length == right.Size ? 0 : position[0] * right.Size) + Index(right, position)];
                    Assert.Equal(
                        function switch
                        {
                            Arithmetic.Add => x + y,
                            Arithmetic.Subtract => x - y,
                            Arithmetic.Multiply => x * y,
                            Arithmetic.Minimum => Math.Min(x, y),
                            Arithmetic.Maximum => Math.Max(x, y),
                            _ => x / y,
                        },
                        actual[i++]);
                }
            },
            iter: 500);

    [Fact]
    public void Unknown_sizes_meet_any_and_different_ones_are_refused()
    {
        Assert.Equal(new Shape(Shape.Unknown, 4), BroadcastArithmetic.Broadcast(new Shape(Shape.Unknown, 4), new Shape(1, 4)));
        Assert.Throws<ArgumentException>("right", () => BroadcastArithmetic.Broadcast(new Shape(2, 4), new Shape(3, 4)));
    }

    /// <summary>A shape that goes into another one: leading axes left out, some of the others 1.</summary>
    private static Gen<Shape> Side(int[] output) =>
        from missing in Gen.Int[0, output.Length - 1]
        from ones in Gen.Bool.Array[output.Length]
        select new Shape([.. output.Select((size, i) => ones[i] ? 1 : size).Skip(missing)]);

    private static int Index(Shape side, int[] position)
    {
        int index = 0;
        for (int i = 0; i < side.Rank; i++)
        {
            index = (index * side[i]) + (side[i] == 1 ? 0 : position[^(side.Rank - i)]);
        }

        return index;
    }
}
