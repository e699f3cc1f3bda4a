using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Execution;

/// <summary>Computes the results of the linear part of a float layer for <paramref name="batch"/> samples.</summary>
public delegate void FloatLinearPart(ReadOnlySpan<float> input, Span<float> result, int batch);

/// <summary>Computes the sums of the linear part of a layer in integers for <paramref name="batch"/> samples.</summary>
public delegate void LinearPart(ReadOnlySpan<TensorData> inputs, IntegerData sums, int batch);

/// <summary>
/// What follows the linear part of a layer, in any order that a dialect has: bias, maximum pool, rectifier or table, sum over
/// all positions, scale and shift. Float layers, quantized ones, those of given integers and Akida's all end in it. It knows
/// after each step which integers can occur, and so how narrow they can be stored; steps that may work in place do.
/// </summary>
public sealed class LayerTail
{
    private readonly List<Step> _steps = [];
    private Buffer _start;

    private LayerTail(Shape shape, ValueRange range, Buffer start)
    {
        Shape = shape;
        Range = range;
        _start = start;
    }

    /// <summary>The shape of what the steps so far give.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The integers that the steps so far can give.</summary>
    public ValueRange Range { get; private set; }

    private int Channels => Shape.Channels;

    /// <summary>A tail of integers, without a step yet.</summary>
    /// <param name="shape">The shape of the sums, channels last.</param>
    /// <param name="sums">The integers that they can be.</param>
    public static LayerTail OfIntegers(Shape shape, ValueRange sums) => new(shape, sums, Buffer.Of(shape, sums));

    /// <summary>A tail of floats, without a step yet.</summary>
    /// <param name="shape">The shape of what the linear part gives.</param>
    public static LayerTail OfFloats(Shape shape) => new(shape, default, new Buffer(shape, null));

    /// <summary>Adds a value to each channel.</summary>
    /// <param name="bias">One integer a channel, on the scale of the sums.</param>
    /// <param name="width">How wide the results may get.</param>
    public void AddBias(long[] bias, AccumulatorWidth width)
    {
        ValueRange range = width.Limit((Int128)Range.Min + Math.Min(0, bias.Min()), (Int128)Range.Max + Math.Max(0, bias.Max()));
        if (_steps.Count == 0 && range.Min <= Range.Min && range.Max >= Range.Max)
        {
            // Sums are stored as wide as they are with their bias, so that it is added in place.
            _start = Buffer.Of(Shape, range);
        }

        Add(Shape, range, inPlace: true, () => new BiasAddition(bias, width.ValueBits).Run);
    }

    /// <summary>Takes the maximum of moving windows.</summary>
    public void AddMaxPool(ConvolutionGeometry window) =>
        Add(window.OutputShape, Range, inPlace: false, () => new MaxPooling(window).Run);

    /// <summary>Makes negative integers 0 and those above a bound the bound.</summary>
    /// <param name="maximum">The bound of each channel; null for none.</param>
    public void AddRectification(long[]? maximum)
    {
        ValueRange range = new(Math.Max(Range.Min, 0), Math.Max(Range.Max, 0));
        range = maximum is null ? range : new ValueRange(Math.Min(range.Min, maximum.Min()), Math.Min(range.Max, maximum.Max()));
        int channels = Channels;
        Add(Shape, range, inPlace: true, () => new Rectification(channels, maximum).Run);
    }

    /// <summary>Replaces integers by the entries of a table for them.</summary>
    /// <param name="table">
    /// What stands for the integers from -2^n to 2^n - 1, in ascending order, among which are all that can occur.
    /// </param>
    public void AddTable(int[] table)
    {
        TableLookup lookup = new(table);
        Add(Shape, lookup.OutputRange, inPlace: true, () => lookup.Run);
    }

    /// <summary>Sums every channel over all positions of an image.</summary>
    /// <param name="output">The shape of the result.</param>
    /// <param name="shifts">
    /// The left shift of each channel before the sum, which the range of this tail counts in already; null for none.
    /// </param>
    /// <param name="width">How wide sums may get.</param>
    public void AddSum(Shape output, int[]? shifts, AccumulatorWidth width)
    {
        int positions = Shape[0] * Shape[1];
        int channels = Channels;
        ValueRange range = width.Limit((Int128)Range.Min * positions, (Int128)Range.Max * positions);
        Add(output, range, inPlace: false, () => new GlobalSum(positions, channels, shifts, width.ValueBits).Run);
    }

    /// <summary>
    /// Brings integers to another scale: times a factor, times a power of two, rounded half towards +infinity, saturated.
    /// </summary>
    /// <param name="factors">The factor of each channel; null for none.</param>
    /// <param name="shifts">The exponent of each channel: a shift to the left when positive, to the right when negative.</param>
    /// <param name="productBits">Magnitude bits to which the product with the factor saturates.</param>
    /// <param name="range">The integers to saturate the result to.</param>
    public void AddScaling(int[]? factors, int[] shifts, int productBits, ValueRange range)
    {
        int channels = Channels;
        Add(Shape, range, inPlace: false, () => new OutputScaling(channels, factors, shifts, productBits, range).Run);
    }

    /// <summary>Adds a step of a layer's own.</summary>
    /// <param name="shape">The shape of what it gives.</param>
    /// <param name="range">The integers that it can give.</param>
    /// <param name="inPlace">Whether it may read and fill the same buffer.</param>
    /// <param name="create">Makes the kernel, which reads the first buffer and fills the second for a number of samples.</param>
    public void Add(Shape shape, ValueRange range, bool inPlace, Func<Action<IntegerData, IntegerData, int>> create)
    {
        Action<TensorData, TensorData, int> Create()
        {
            Action<IntegerData, IntegerData, int> run = create();
            return (input, output, batch) => run((IntegerData)input, (IntegerData)output, batch);
        }

        _steps.Add(new Step(Buffer.Of(shape, range), inPlace, Create));
        (Shape, Range) = (shape, range);
    }

    /// <summary>Adds a function of floats, computed in place.</summary>
    /// <param name="run">Takes the values and the number of samples.</param>
    public void AddFunction(Action<FloatData, int> run) =>
        _steps.Add(new Step(_start, true, () => (_, output, batch) => run((FloatData)output, batch)));

    /// <summary>The whole layer: the linear part, then this tail.</summary>
    /// <param name="output">
    /// What the layer gives: integers of the shape and range that the last step gives, as the dialect describes them.
    /// </param>
    /// <param name="create">
    /// Gives the linear part; null where the steps, one at least, take the layer's only input as it is.
    /// </param>
    /// <param name="state">What the layer remembers; none by default.</param>
    /// <param name="recorded">What was derived from the layer's weights and ranges; nothing by default.</param>
    /// <param name="macs">Multiplications of a sample.</param>
    public PreparedLayer Prepare(
        QuantizedSpec output,
        Func<LinearPart>? create,
        IReadOnlyList<TensorSpec>? state = null,
        RecordedVariables? recorded = null,
        long macs = 0) =>
        new(output, () => CreateOperation(output, create is null ? null : Linear(create())))
        {
            State = state ?? [],
            Recorded = recorded ?? new RecordedVariables(),
            Macs = macs,
        };

    /// <summary>The whole float layer: the linear part, its bias included, then this tail.</summary>
    /// <param name="create">Packs the weights and gives the linear part.</param>
    public PreparedLayer PrepareFloats(Func<FloatLinearPart> create)
    {
        FloatSpec output = new(Shape);
        return new PreparedLayer(output, () =>
        {
            FloatLinearPart linear = create();
            return CreateOperation(output, (inputs, results, batch) =>
                linear(((FloatData)inputs[0]).Values(batch), ((FloatData)results).Values(batch), batch));
        });
    }

    private static Operation Linear(LinearPart part) => (inputs, sums, batch) => part(inputs, (IntegerData)sums, batch);

    /// <summary>
    /// Buffers are rented while the operation runs, one for each step that cannot work in place. The last of these fills the
    /// layer's own output, in which the steps behind it work, and the linear part itself where there is none.
    /// </summary>
    private Operation CreateOperation(TensorSpec output, Operation? linear)
    {
        if (linear is null && _steps.Count == 0)
        {
            throw new InvalidOperationException("Without a linear part and without a step nothing would fill the output. Give a view.");
        }

        Buffer last = _steps.Count == 0 ? _start : _steps[^1].Result;
        if (last != new Buffer(output.Shape, (output as QuantizedSpec)?.Storage))
        {
            throw new ArgumentException($"The tail gives {last}, which is not {output}.", nameof(output));
        }

        Buffer before = linear is null ? default : _start;
        PreparedStep[] steps = new PreparedStep[_steps.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            Step step = _steps[i];
            steps[i] = new PreparedStep(step.Result, step.InPlace && step.Result == before, step.Create());
            before = step.Result;
        }

        int filling = Array.FindLastIndex(steps, step => !step.InPlace);
        Buffer start = _start;
        return (inputs, result, batch) =>
        {
            TensorData current = linear is null ? inputs[0] : filling < 0 ? result : start.Rent(batch);
            bool isRented = linear is not null && filling >= 0;
            try
            {
                linear?.Invoke(inputs, current, batch);
                for (int i = 0; i < steps.Length; i++)
                {
                    TensorData next = steps[i].InPlace ? current : i == filling ? result : steps[i].Result.Rent(batch);
                    steps[i].Run(current, next, batch);
                    if (next != current)
                    {
                        Return(current, isRented);
                        (current, isRented) = (next, i != filling);
                    }
                }
            }
            finally
            {
                Return(current, isRented);
            }
        };
    }

    private static void Return(TensorData buffer, bool isRented)
    {
        if (isRented)
        {
            (buffer as IDisposable)?.Dispose();
        }
    }

    /// <summary>What a buffer holds of each sample, and how integers are stored; floats where there is no such storage.</summary>
    private readonly record struct Buffer(Shape Shape, IntegerStorage? Storage)
    {
        public static Buffer Of(Shape shape, ValueRange range) => new(shape, range.Storage);

        public TensorData Rent(int batch) =>
            Storage is { } storage ? IntegerData.Rent(Shape.Size, batch, storage) : new FloatData(Shape.Size, batch);
    }

    private sealed record Step(Buffer Result, bool InPlace, Func<Action<TensorData, TensorData, int>> Create);

    private readonly record struct PreparedStep(Buffer Result, bool InPlace, Action<TensorData, TensorData, int> Run);
}
