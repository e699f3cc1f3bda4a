using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Float;

/// <summary>An operation on two numbers.</summary>
public enum Arithmetic
{
    /// <summary>The sum.</summary>
    Add,

    /// <summary>The first less the second.</summary>
    Subtract,

    /// <summary>The product.</summary>
    Multiply,

    /// <summary>The first divided by the second.</summary>
    Divide,

    /// <summary>The lesser of the two.</summary>
    Minimum,

    /// <summary>The greater of the two.</summary>
    Maximum,
}

/// <summary>
/// Arithmetic of two float32 tensors, value by value; axes of size 1, and axes that one of them does not have in
/// front, are repeated.
/// </summary>
public sealed class BroadcastArithmetic
{
    private readonly Arithmetic _function;
    private readonly Side _left;
    private readonly Side _right;
    private readonly int _row;
    private readonly int _rows;

    /// <summary>Works out which values meet.</summary>
    /// <param name="function">What to compute.</param>
    /// <param name="left">The shape of one sample of the first tensor.</param>
    /// <param name="right">The shape of one sample of the second tensor.</param>
    /// <exception cref="ArgumentException">An axis has two different sizes, neither of them 1.</exception>
    public BroadcastArithmetic(Arithmetic function, Shape left, Shape right)
    {
        _function = function;
        OutputShape = Broadcast(left, right);
        _row = OutputShape.Channels;
        _rows = OutputShape.Size / Math.Max(_row, 1);
        _left = new Side(left, OutputShape);
        _right = new Side(right, OutputShape);
    }

    /// <summary>The shape of one sample of the result.</summary>
    public Shape OutputShape { get; }

    /// <summary>The shape of the result of two shapes, where an unknown size stays unknown.</summary>
    /// <exception cref="ArgumentException">An axis has two different sizes, neither of them 1.</exception>
    public static Shape Broadcast(Shape left, Shape right)
    {
        return new Shape(Broadcasting.Dimensions<int>(left, right, Meet)
            ?? throw new ArgumentException($"The shapes {left} and {right} do not go together.", nameof(right)));

        static int? Meet(int one, int other) => one == Shape.Unknown || other == Shape.Unknown ? Math.Max(one, other) : null;
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="left">The first tensor: all samples, or one that serves all.</param>
    /// <param name="right">The second tensor: all samples, or one that serves all.</param>
    /// <param name="output">The result, of all samples.</param>
    /// <param name="batch">The number of samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> output, int batch)
    {
        for (int sample = 0; sample < batch; sample++)
        {
            ReadOnlySpan<float> a = left.Length == _left.Size ? left : left.Slice(sample * _left.Size, _left.Size);
            ReadOnlySpan<float> b = right.Length == _right.Size ? right : right.Slice(sample * _right.Size, _right.Size);
            for (int row = 0; row < _rows; row++)
            {
                Run(_left.Row(a, row), _right.Row(b, row), output.Slice(((sample * _rows) + row) * _row, _row));
            }
        }
    }

    /// <summary>One row of the last axis, where a side has either all its values or one that meets all of the other's.</summary>
    /// <remarks>
    /// A lane is a value of the row: <c>[l0 l1 l2 ...] op [r0 r1 r2 ...]</c>, or with the one value of a side in all lanes,
    /// <c>[l0 l1 l2 ...] op [r r r ...]</c>. Each result is one rounded operation, so that its bits do not depend on how
    /// many lanes the library takes at a time. Sums, products, minima and maxima may change sides, to the same bits.
    /// </remarks>
    private void Run(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> output)
    {
        switch (_function, left.Length == output.Length, right.Length == output.Length)
        {
            case (Arithmetic.Add, true, true): TensorPrimitives.Add(left, right, output); break;
            case (Arithmetic.Add, true, false): TensorPrimitives.Add(left, right[0], output); break;
            case (Arithmetic.Add, false, _): TensorPrimitives.Add(right, left[0], output); break;
            case (Arithmetic.Multiply, true, true): TensorPrimitives.Multiply(left, right, output); break;
            case (Arithmetic.Multiply, true, false): TensorPrimitives.Multiply(left, right[0], output); break;
            case (Arithmetic.Multiply, false, _): TensorPrimitives.Multiply(right, left[0], output); break;
            case (Arithmetic.Subtract, true, true): TensorPrimitives.Subtract(left, right, output); break;
            case (Arithmetic.Subtract, true, false): TensorPrimitives.Subtract(left, right[0], output); break;
            case (Arithmetic.Subtract, false, _): TensorPrimitives.Subtract(left[0], right, output); break;
            case (Arithmetic.Minimum, true, true): TensorPrimitives.Min(left, right, output); break;
            case (Arithmetic.Minimum, true, false): TensorPrimitives.Min(left, right[0], output); break;
            case (Arithmetic.Minimum, false, _): TensorPrimitives.Min(right, left[0], output); break;
            case (Arithmetic.Maximum, true, true): TensorPrimitives.Max(left, right, output); break;
            case (Arithmetic.Maximum, true, false): TensorPrimitives.Max(left, right[0], output); break;
            case (Arithmetic.Maximum, false, _): TensorPrimitives.Max(right, left[0], output); break;
            case (_, true, true): TensorPrimitives.Divide(left, right, output); break;
            case (_, true, false): TensorPrimitives.Divide(left, right[0], output); break;
            default: TensorPrimitives.Divide(left[0], right, output); break;
        }
    }

    /// <summary>One of the two tensors: where the values for each row of the last axis of the result begin.</summary>
    private sealed class Side
    {
        private readonly int[] _starts;
        private readonly int _length;

        public Side(Shape shape, Shape output)
        {
            Size = shape.Size;
            _length = shape.Channels;
            _starts = new int[output.Size / Math.Max(output.Channels, 1)];
            for (int row = 0; row < _starts.Length; row++)
            {
                int rest = row;
                int stride = _length;
                for (int i = 2; i <= shape.Rank; i++)
                {
                    _starts[row] += shape[^i] == 1 ? 0 : rest % output[^i] * stride;
                    rest /= output[^i];
                    stride *= shape[^i];
                }
            }
        }

        public int Size { get; }

        public ReadOnlySpan<float> Row(ReadOnlySpan<float> sample, int row) => sample.Slice(_starts[row], _length);
    }
}
