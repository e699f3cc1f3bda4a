namespace AkidaQuant.Checks;

/// <summary>What a float model gives for some samples, kept as they pass by while it runs for something else.</summary>
internal sealed class KeptOutputs
{
    /// <summary>The most memory that they take.</summary>
    private const long MostBytes = 32L << 20;

    private readonly int[] _steps;
    private readonly Dictionary<int, int> _places;
    private readonly float[][] _values;
    private readonly bool[] _isThere;

    private KeptOutputs(Model floating, int[] samples)
    {
        _steps = StepsOf(floating);
        _places = samples.Select((sample, place) => (sample, place)).ToDictionary(pair => pair.sample, pair => pair.place);
        _values = Array.ConvertAll(SizesOf(floating), size => new float[samples.Length * size]);
        _isThere = new bool[samples.Length];
    }

    /// <summary>The steps of the plan to look at.</summary>
    public IEnumerable<int> Steps => _steps;

    /// <summary>An array an output, the samples in the order in which they were asked for; null until all of them have passed.</summary>
    public float[][]? Values => Array.TrueForAll(_isThere, isThere => isThere) ? _values : null;

    /// <summary>Prepares to keep outputs; null where they take too much memory.</summary>
    /// <param name="floating">The float model, which keeps no state.</param>
    /// <param name="samples">The positions of the samples in their set.</param>
    public static KeptOutputs? For(Model floating, int[] samples) =>
        samples.Length <= MostSamples(floating) ? new KeptOutputs(floating, samples) : null;

    /// <summary>The most samples whose outputs may be held at once, one at least.</summary>
    public static int MostSamples(Model floating) =>
        (int)Math.Clamp(MostBytes / Math.Max(sizeof(float) * SizesOf(floating).Sum(size => (long)size), 1), 1, int.MaxValue);

    /// <summary>The steps that give the outputs of a model.</summary>
    public static int[] StepsOf(Model model) => [.. model.Outputs.Select(output => model.Plan.Origin(model.Plan.Position(output)))];

    /// <summary>The sizes of its outputs.</summary>
    public static int[] SizesOf(Model model) => [.. model.Outputs.Select(output => model.Plan[output].Prepared.Output.Shape.Size)];

    /// <summary>Takes what a step gave for some samples; several threads may do so with samples of their own.</summary>
    /// <param name="step">The step.</param>
    /// <param name="first">The position of the first sample in its set.</param>
    /// <param name="result">What the step gave.</param>
    /// <param name="number">The number of samples.</param>
    public void See(int step, int first, TensorData result, int number)
    {
        for (int output = 0; output < _steps.Length; output++)
        {
            if (_steps[output] != step)
            {
                continue;
            }

            int size = result.SampleSize;
            for (int i = 0; i < number; i++)
            {
                if (_places.TryGetValue(first + i, out int place))
                {
                    ((FloatData)result).Values(number).Slice(i * size, size).CopyTo(_values[output].AsSpan(place * size));
                    _isThere[place] = true;
                }
            }
        }
    }
}
