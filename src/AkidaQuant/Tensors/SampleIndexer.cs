using System.Collections;
using System.Dynamic;
using System.Globalization;
using System.Linq.Expressions;

namespace AkidaQuant.Tensors;

/// <summary>
/// Samples by their positions, for languages that bind indices when they run: <c>samples[0..3]</c> is one set there, where the language
/// itself would index several times and take a wrong position for nothing.
/// </summary>
internal sealed class SampleIndexer(Expression expression, SampleSet samples)
    : DynamicMetaObject(expression, BindingRestrictions.Empty, samples)
{
    // Ranges in lists in lists; a list that holds itself has no end.
    private const int MaxDepth = 16;

    /// <inheritdoc/>
    public override DynamicMetaObject BindGetIndex(GetIndexBinder binder, DynamicMetaObject[] indexes)
    {
        Expression positions = Expression.NewArrayInit(
            typeof(object), indexes.Select(index => Expression.Convert(index.Expression, typeof(object))));
        MethodCallExpression call = Expression.Call(
            ((Func<SampleSet, object?[], SampleSet>)Select).Method, Expression.Convert(Expression, typeof(SampleSet)), positions);
        return new DynamicMetaObject(
            Expression.Convert(call, binder.ReturnType), BindingRestrictions.GetTypeRestriction(Expression, typeof(SampleSet)));
    }

    /// <summary>The samples at the given positions, which may be numbers, texts of such, and lists of both.</summary>
    /// <exception cref="QuantException">
    /// <c>SampleIndexInvalid</c>: something is no integer; <c>SampleIndexOutOfRange</c>; <c>SampleSetEmpty</c>: there is no position.
    /// </exception>
    public static SampleSet Select(SampleSet samples, object?[] positions)
    {
        List<int> indices = [];
        Flatten(samples, positions, indices, 0);
        return samples.Select(indices);
    }

    private static void Flatten(SampleSet samples, IEnumerable positions, List<int> indices, int depth)
    {
        foreach (object? position in positions)
        {
            if (position is IEnumerable nested and not string && depth < MaxDepth)
            {
                Flatten(samples, nested, indices, depth + 1);
            }
            else
            {
                indices.Add(Position(samples, position));
            }
        }
    }

    // A value that a language has wrapped shows itself in its text.
    private static int Position(SampleSet samples, object? value) => value switch
    {
        int number => number,
        IConvertible and not (string or bool or char) when IsNumber(value, out int whole) => whole,
        not (null or bool or char) when int.TryParse(
            Convert.ToString(value, CultureInfo.InvariantCulture),
            NumberStyles.Integer,
            CultureInfo.InvariantCulture,
            out int parsed) => parsed,
        _ => throw new QuantException(
            "SampleIndexInvalid",
            QuantErrorKind.InvalidArgument,
            $"Samples are taken by their positions, integers such as 0, -1 or 0..3, but '{value ?? "null"}' is none. {Range(samples)}",
            value),
    };

    private static bool IsNumber(object value, out int whole)
    {
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        bool fits = number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue;
        whole = fits ? (int)number : 0;
        return fits;
    }

    /// <summary>Says which positions there are.</summary>
    public static string Range(SampleSet samples) => string.Create(
        CultureInfo.InvariantCulture,
        $"The {samples.Count} samples in {samples.Source} have the positions 0 to {samples.Count - 1}, or -1 to -{samples.Count} from the end.");
}
