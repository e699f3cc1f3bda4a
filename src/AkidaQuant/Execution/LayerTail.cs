using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Execution;

/// <summary>
/// What follows the linear part of a layer of integers, in any order that a dialect has: bias, maximum pool, rectifier or table, sum
/// over all positions, scale and shift. Quantized layers, those of given integers and Akida's all end in it. It knows after each
/// step which integers can occur, and so how narrow they can be stored.
/// </summary>
/// <remarks>
/// Steps that treat every integer by itself make an <see cref="IntegerFinish"/>, which the kernel in front of them, linear part, pool
/// or sum, applies to what it has just computed. Each of these kernels is a <see cref="Stage"/>.
/// </remarks>
public sealed class LayerTail
{
    /// <summary>Only ranges say how intermediate integers are stored.</summary>
    private const int MostBits = 62;

    private readonly List<Segment> _segments;

    private LayerTail(Shape shape, ValueRange range) => _segments = [new Segment(null, shape, range)];

    /// <summary>Reads the first buffer and fills the second for a number of samples, a part of it.</summary>
    private delegate void Kernel(IntegerData input, IntegerData output, int batch, WorkShare share, IntegerFinish? finish);

    /// <summary>The shape of what the steps so far give.</summary>
    public Shape Shape => Last.Shape;

    /// <summary>The integers that the steps so far can give.</summary>
    public ValueRange Range => Last.Range;

    private Segment Last => _segments[^1];

    private int Channels => Shape.Channels;

    /// <summary>A tail of integers, without a step yet.</summary>
    /// <param name="shape">The shape of the sums, channels last.</param>
    /// <param name="sums">The integers that they can be.</param>
    public static LayerTail OfIntegers(Shape shape, ValueRange sums) => new(shape, sums);

    /// <summary>Adds a value to each channel.</summary>
    /// <param name="bias">One integer a channel, on the scale of the sums.</param>
    /// <param name="width">How wide the results may get.</param>
    public void AddBias(long[] bias, AccumulatorWidth width) => Add(
        new BiasAddition(bias, width.ValueBits),
        width.Limit((Int128)Range.Min + Math.Min(0, bias.Min()), (Int128)Range.Max + Math.Max(0, bias.Max())));

    /// <summary>Takes the maximum of moving windows.</summary>
    public void AddMaxPool(ConvolutionGeometry window)
    {
        Kernel Create() => new IntegerMaxPooling(window).Run;
        _segments.Add(new Segment(Create, window.OutputShape, Range));
    }

    /// <summary>Makes negative integers 0 and those above a bound the bound.</summary>
    /// <param name="maximum">The bound of each channel; null for none.</param>
    public void AddRectification(long[]? maximum)
    {
        ValueRange range = new(Math.Max(Range.Min, 0), Math.Max(Range.Max, 0));
        range = maximum is null ? range : new ValueRange(Math.Min(range.Min, maximum.Min()), Math.Min(range.Max, maximum.Max()));
        Add(new Rectification(Channels, maximum), range);
    }

    /// <summary>Replaces integers by the entries of a table for them.</summary>
    /// <param name="table">
    /// What stands for the integers from -2^n to 2^n - 1, in ascending order, among which are all that can occur.
    /// </param>
    public void AddTable(int[] table)
    {
        TableLookup lookup = new(table);
        Add(lookup, lookup.OutputRange);
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
        ValueRange? input = shifts is null ? Range : null;
        Kernel Create() => new GlobalSum(positions, channels, shifts, width.ValueBits, input).Run;
        _segments.Add(new Segment(Create, output, range));
    }

    /// <summary>
    /// Brings integers to another scale: times a factor, times a power of two, rounded half towards +infinity, saturated.
    /// </summary>
    /// <param name="factors">The factor of each channel; null for none.</param>
    /// <param name="shifts">The exponent of each channel: a shift to the left when positive, to the right when negative.</param>
    /// <param name="productBits">Magnitude bits to which the product with the factor saturates.</param>
    /// <param name="range">The integers to saturate the result to.</param>
    public void AddScaling(int[]? factors, int[] shifts, int productBits, ValueRange range) =>
        Add(new OutputScaling(Channels, factors, shifts, productBits, range), range);

    /// <summary>Adds a step of a layer's own.</summary>
    /// <param name="step">What happens to every integer.</param>
    /// <param name="range">The integers that it can give.</param>
    public void Add(ChannelStep step, ValueRange range)
    {
        Last.Steps.Add(step);
        Last.Range = range;
    }

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
        PreparedLayer.Staged(output, () => CreateStages(output, create?.Invoke()), state, recorded, macs);

    private List<Stage> CreateStages(QuantizedSpec output, LinearPart? linear)
    {
        if (output.Shape != Shape || output.Storage != Range.Storage)
        {
            throw new ArgumentException($"The tail gives {Shape} stored as {Range.Storage}, which is not {output}.", nameof(output));
        }

        List<Stage> stages = linear is null ? [] : [.. linear.Before];
        foreach (Segment segment in _segments)
        {
            IntegerFinish? finish = segment.Finish();
            if (segment.Create is not null)
            {
                Kernel run = segment.Create();
                long work = (long)(stages.Count == 0 ? segment.Shape.Size : stages[^1].Result.Shape.Size) * Stage.WorkOfElement;
                stages.Add(new Stage(segment.Result, work, (inputs, result, batch, share) =>
                    run((IntegerData)inputs[0], (IntegerData)result, batch, share, finish)));
            }
            else if (linear is { Work: > 0 })
            {
                stages.Add(new Stage(segment.Result, linear.Work, (inputs, result, batch, share) =>
                    linear.Run(inputs, (IntegerData)result, batch, share, finish)));
            }
            else
            {
                if (linear is not null)
                {
                    stages.Add(new Stage(segment.Sums, 0, (inputs, result, batch, share) =>
                        linear.Run(inputs, (IntegerData)result, batch, share, null)));
                }

                if (finish is not null)
                {
                    stages.Add(new Stage(segment.Result, (long)segment.Shape.Size * Stage.WorkOfElement, (inputs, result, batch, share) =>
                        finish.Run((IntegerData)inputs[0], (IntegerData)result, batch, share)));
                }
            }
        }

        return stages.Count > 0
            ? stages
            : throw new InvalidOperationException("Without a linear part and without a step nothing would fill the output. Give a view.");
    }

    /// <summary>A kernel, the linear part where there is none, and the steps that finish what it gives.</summary>
    private sealed record Segment(Func<Kernel>? Create, Shape Shape, ValueRange SumRange)
    {
        public List<ChannelStep> Steps { get; } = [];

        /// <summary>What the steps give.</summary>
        public ValueRange Range { get; set; } = SumRange;

        /// <summary>What the kernel gives by itself.</summary>
        public TensorSpec Sums => Describe(SumRange);

        /// <summary>What the kernel and the steps give.</summary>
        public TensorSpec Result => Describe(Range);

        public IntegerFinish? Finish() => Steps.Count == 0 ? null : new IntegerFinish(Shape.Channels, SumRange, Range, Steps);

        private QuantizedSpec Describe(ValueRange range) => new(Shape, MostBits, ScalarOrVector<int>.Scalar(0), null, range);
    }
}
