using System.Globalization;
using System.Numerics;

namespace AkidaQuant.Akida.Layers;

/// <summary>What a variable of an Akida layer must be (akida-model.md 1.3 to 1.6).</summary>
/// <param name="Name">The name of the variable.</param>
/// <param name="Type">
/// The type of its elements: <c>int8</c>, <c>uint8</c>, <c>int16</c>, <c>uint16</c>, <c>int32</c> or <c>float32</c>.
/// </param>
/// <param name="Min">The least that an element can be.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Shape">Its shape; sizes that only the input gives are <see cref="Shape.Unknown"/>.</param>
public sealed record AkidaVariableRule(string Name, string Type, double Min, double Max, Shape Shape)
{
    /// <summary>The most that a left shift can be: a byte shifted further would leave 63 bits.</summary>
    public const int MostLeftShift = 54;

    /// <summary>Whether the variable has one value a channel, and may have one that serves all instead.</summary>
    public bool IsPerChannel { get; init; }

    /// <summary>Whether the layer cannot compute without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The variable, its type and its shape: <c>weights: int8 (3, 3, None, 16), -8 to 7</c>.</summary>
    public override string ToString() => Printable.Of($"{Name}: {Type} {Shape}, {Range}");

    private bool IsFloat => Type == "float32";

    private string Range => IsFloat
        ? Min > 0 ? "positive numbers" : Max < float.MaxValue ? Text(Min, Max) : "finite numbers"
        : Text(Min, Max);

    /// <summary>Integers of so many bits, the sign included, of a kernel; one bit is 0 or 1.</summary>
    internal static AkidaVariableRule Kernel(string name, int bits, params int[] dimensions) => bits == 1
        ? new(name, "int8", 0, 1, new Shape(dimensions)) { IsRequired = true }
        : new(name, "int8", -(1 << (bits - 1)), (1 << (bits - 1)) - 1, new Shape(dimensions)) { IsRequired = true };

    /// <summary>Signed bytes, one a channel.</summary>
    internal static AkidaVariableRule Signed(string name, int channels) =>
        PerChannel(name, "int8", sbyte.MinValue, sbyte.MaxValue, channels);

    /// <summary>Bytes, one a channel.</summary>
    internal static AkidaVariableRule Unsigned(string name, int channels) => PerChannel(name, "uint8", 0, byte.MaxValue, channels);

    /// <summary>Shifts to the left, one a channel.</summary>
    internal static AkidaVariableRule LeftShift(string name, int channels) => PerChannel(name, "uint8", 0, MostLeftShift, channels);

    /// <summary>Finite numbers, one a channel.</summary>
    internal static AkidaVariableRule Finite(string name, int channels) =>
        PerChannel(name, "float32", -float.MaxValue, float.MaxValue, channels);

    /// <summary>Positive numbers, one a channel.</summary>
    internal static AkidaVariableRule Positive(string name, int channels) =>
        PerChannel(name, "float32", float.Epsilon, float.MaxValue, channels);

    /// <summary>One value a channel.</summary>
    internal static AkidaVariableRule PerChannel(string name, string type, double min, double max, int channels) =>
        new(name, type, min, max, new Shape(channels)) { IsPerChannel = true };

    /// <summary>Numbers as an array of this variable: a list as the elements of a larger shape, row-major.</summary>
    /// <param name="layer">The layer, for errors.</param>
    /// <param name="numbers">The numbers.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaVariableShape</c>, <c>AkidaVariableType</c> or <c>AkidaVariableRange</c>: the variable cannot be that.
    /// </exception>
    internal object Read(AkidaLayer layer, NdArray<double> numbers)
    {
        Shape shape = Unfolded(numbers.Shape);
        RequireShape(layer, shape);
        double[] values = numbers.Values;
        int broken = IsFloat ? -1 : Array.FindIndex(values, value => double.IsFinite(value) && value != Math.Truncate(value));
        if (broken >= 0)
        {
            throw layer.Invalid(
                "AkidaVariableType",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its variable '{Name}' is {Type}, whole numbers, but value {broken} is {values[broken]}."));
        }

        int outside = Array.FindIndex(values, value => !(value >= (IsFloat ? -float.MaxValue : Min) && value <= Max));
        return outside >= 0 ? throw OutOfRange(layer, outside, values[outside]) : Type switch
        {
            "int8" => Typed(value => (sbyte)value),
            "uint8" => Typed(value => (byte)value),
            "int16" => Typed(value => (short)value),
            "uint16" => Typed(value => (ushort)value),
            "int32" => Typed(value => (int)value),
            _ => Typed(value => (float)value),
        };

        NdArray<T> Typed<T>(Converter<double, T> convert) => new(shape, Array.ConvertAll(values, convert));
    }

    /// <summary>Checks an array.</summary>
    /// <param name="layer">The layer, for errors.</param>
    /// <param name="array">What its variable is.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaVariableType</c>, <c>AkidaVariableShape</c>, <c>AkidaVariableRange</c>, or for steps <c>AkidaVariableInvalid</c>.
    /// </exception>
    internal void Check(AkidaLayer layer, object array)
    {
        switch (array, Type)
        {
            case (NdArray<sbyte> values, "int8"):
                Check(layer, values);
                break;
            case (NdArray<byte> values, "uint8"):
                Check(layer, values);
                break;
            case (NdArray<short> values, "int16"):
                Check(layer, values);
                break;
            case (NdArray<ushort> values, "uint16"):
                Check(layer, values);
                break;
            case (NdArray<int> values, "int32"):
                Check(layer, values);
                break;
            case (NdArray<float> values, "float32"):
                Check(layer, values);
                break;
            default:
                throw layer.Invalid(
                    "AkidaVariableType", $"its variable '{Name}' must be of type {Type} and shape {Shape}, but it is {array}.");
        }
    }

    /// <summary>Zeros of that shape, which must be known.</summary>
    internal object Zeros() => Type == "int8" ? NdArray<sbyte>.Filled(Shape, 0)
        : Type == "int16" ? NdArray<short>.Filled(Shape, 0)
        : NdArray<int>.Filled(Shape, 0);

    private static string Text(double min, double max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}");

    private void Check<T>(AkidaLayer layer, NdArray<T> array)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        RequireShape(layer, array.Shape);
        var (min, max) = (T.CreateSaturating(Min), T.CreateSaturating(Max));
        if (!IsFloat && min == T.MinValue && max == T.MaxValue)
        {
            return;
        }

        T[] held = array.Held();
        int index = held.AsSpan().IndexOfAnyExceptInRange(min, max);
        if (index >= 0)
        {
            throw OutOfRange(layer, array.Diagonal is null ? index : index * (held.Length + 1), double.CreateSaturating(held[index]));
        }
    }

    private void RequireShape(AkidaLayer layer, Shape shape)
    {
        if (!Fits(shape))
        {
            throw layer.Invalid(
                "AkidaVariableShape",
                IsPerChannel
                    ? Shape.IsKnown
                        ? $"its variable '{Name}' must have 1 or {Shape.Size} values, but it has the shape {shape}."
                        : $"its variable '{Name}' must have one value or one for each channel, but it has the shape {shape}."
                    : $"its variable '{Name}' must have the shape {Shape}, but it has {shape}.");
        }
    }

    private bool Fits(Shape shape) => (IsPerChannel && shape.Rank < 2 && shape.Size == 1)
        || (shape.Rank == Shape.Rank
            && Shape.Zip(shape).All(pair => pair.First == pair.Second || (pair.First == Shape.Unknown && pair.Second > 0)));

    /// <summary>The shape that a list of numbers has as this variable: what is not known of it follows from their count.</summary>
    private Shape Unfolded(Shape shape)
    {
        if (IsPerChannel || Shape.Rank < 2 || shape.Rank != 1)
        {
            return shape;
        }

        int known = Shape.Where(dimension => dimension > 0).Aggregate(1, (product, dimension) => product * dimension);
        return shape[0] % known == 0 && (!Shape.IsKnown || shape[0] == known)
            ? new Shape([.. Shape.Select(dimension => dimension == Shape.Unknown ? shape[0] / known : dimension)])
            : shape;
    }

    private QuantException OutOfRange(AkidaLayer layer, int index, double value) => layer.Invalid(
        IsFloat ? "AkidaVariableInvalid" : "AkidaVariableRange",
        string.Create(CultureInfo.InvariantCulture, $"its variable '{Name}' must hold {Range}, but value {index} is {value}."));
}
