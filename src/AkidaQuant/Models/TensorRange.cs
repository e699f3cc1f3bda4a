using System.Globalization;

namespace AkidaQuant.Models;

/// <summary>The least and greatest value of what a layer gives.</summary>
public readonly record struct TensorRange(float Least, float Greatest)
{
    /// <summary>The greatest magnitude.</summary>
    public float Magnitude => Math.Max(Math.Abs(Least), Math.Abs(Greatest));

    /// <summary>A range that holds both.</summary>
    public TensorRange With(TensorRange other) => new(Math.Min(Least, other.Least), Math.Max(Greatest, other.Greatest));

    /// <summary>The range of values that become these by a factor and a constant, one for all or one a channel.</summary>
    /// <param name="scale">The factors; where all are 0 nothing is known.</param>
    /// <param name="offset">The constants.</param>
    public TensorRange? Before(double[] scale, double[] offset)
    {
        TensorRange? before = null;
        for (int i = 0; i < Math.Max(scale.Length, offset.Length); i++)
        {
            double factor = scale[scale.Length == 1 ? 0 : i];
            double summand = offset[offset.Length == 1 ? 0 : i];
            if (factor != 0)
            {
                (float first, float second) = ((float)((Least - summand) / factor), (float)((Greatest - summand) / factor));
                TensorRange own = new(Math.Min(first, second), Math.Max(first, second));
                before = before?.With(own) ?? own;
            }
        }

        return before;
    }

    /// <summary>Both ends: <c>-1 to 2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Least} to {Greatest}");
}
