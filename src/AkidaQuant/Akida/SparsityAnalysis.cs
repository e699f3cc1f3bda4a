using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Text;

namespace AkidaQuant.Akida;

/// <summary>The sparsity of one layer.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Name">The name of the layer.</param>
/// <param name="TypeName">Its type.</param>
/// <param name="Zeros">Outputs that were 0.</param>
/// <param name="Values">All outputs.</param>
public sealed record LayerSparsity(string Model, string Name, string TypeName, long Zeros, long Values)
{
    /// <summary>Zeros over values, from 0 to 1; 0 before anything was seen.</summary>
    public double Sparsity => Values == 0 ? 0 : (double)Zeros / Values;

    /// <summary>The layer and its sparsity: <c>conv: 0.512</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Name}: {Sparsity:0.000}"));
}

/// <summary>
/// Counts the zeros in the outputs of layers while samples run (akida-model.md 3.10). Several workers may observe at
/// once.
/// </summary>
public sealed class SparsityAnalysis : IPlanObserver
{
    private readonly ExecutionPlan<AkidaLayer> _plan;
    private readonly int[] _steps;
    private readonly long[] _zeros;
    private readonly long[] _values;

    /// <summary>An analysis of layers; all but InputData, Quantizer and Dequantizer unless some are named.</summary>
    /// <exception cref="QuantException">A name is not that of a layer, or no layer is left.</exception>
    public SparsityAnalysis(AkidaModel model, IReadOnlyList<string>? layers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ExecutionPlan<AkidaLayer> plan = model.Plan;
        _plan = plan;
        _steps = layers is null
            ?
            [
                .. Enumerable
                    .Range(0, plan.Steps.Count)
                    .Where(index => plan.Steps[index].Node is not (AkidaInputData or AkidaQuantizer or AkidaDequantizer)),
            ]
            : [.. layers.Select(Position)];
        if (_steps.Length == 0)
        {
            throw new QuantException(
                "AkidaSparsityWithoutLayers",
                QuantErrorKind.InvalidArgument,
                $"The Akida model '{model.Name}' has no layer whose sparsity means something. Name the layers to look at.",
                model);
        }

        _zeros = new long[_steps.Length];
        _values = new long[_steps.Length];
    }

    /// <inheritdoc/>
    public ExecutionPlan Plan => _plan;

    /// <inheritdoc/>
    public IReadOnlyList<int> Steps => [.. _steps.Select(_plan.Origin)];

    /// <summary>What was counted so far, layer by layer.</summary>
    public IReadOnlyList<LayerSparsity> Results =>
        [
            .. _steps.Select(
                (step, i) =>
                    new LayerSparsity(
                        _plan.ModelName,
                        _plan.Steps[step].Node.Name,
                        _plan.Steps[step].Node.TypeName,
                        Interlocked.Read(ref _zeros[i]),
                        Interlocked.Read(ref _values[i]))),
        ];

    /// <summary>
    /// Counts what a step of the model's plan gave, where it is one of the layers to look at; several threads may call it.
    /// </summary>
    /// <param name="step">The position of the step.</param>
    /// <param name="data">What it gave.</param>
    /// <param name="batch">The number of samples.</param>
    public void Observe(int step, TensorData data, int batch)
    {
        ArgumentNullException.ThrowIfNull(data);
        for (int i = 0; i < _steps.Length; i++)
        {
            if (_plan.Origin(_steps[i]) == step)
            {
                Interlocked.Add(ref _zeros[i], Zeros(data, batch));
                Interlocked.Add(ref _values[i], (long)batch * data.SampleSize);
            }
        }
    }

    private static long Zeros(TensorData data, int batch) => data switch
    {
        FloatData floats => floats.Values(batch).Count(0f),
        IntegerData { Storage: IntegerStorage.Int16 } integers => integers.Values<short>(batch).Count((short)0),
        IntegerData { Storage: IntegerStorage.Int32 } integers => integers.Values<int>(batch).Count(0),
        _ => ((IntegerData)data).Values<long>(batch).Count(0L),
    };

    private int Position(string name)
    {
        for (int i = 0; i < _plan.Steps.Count; i++)
        {
            if (_plan.Steps[i].Node.Name == name)
            {
                return i;
            }
        }

        throw new QuantException(
            "AkidaLayerNotFound",
            QuantErrorKind.NotFound,
            $"The Akida model '{_plan.ModelName}' has no layer '{name}'. It has: {Listing.Of(_plan.Steps.Select(step => step.Node.Name), name)}.",
            name);
    }
}
