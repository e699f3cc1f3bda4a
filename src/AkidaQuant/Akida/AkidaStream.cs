using System.Globalization;
using AkidaQuant.Execution;

namespace AkidaQuant;

/// <summary>
/// What an Akida model remembers of some parallel streams from call to call: the queues of buffered layers, the states of recurrences, and
/// those of a software tail (akida-model.md 1.4). The model itself stays as it is, and any number of streams can go on over it at once.
/// </summary>
/// <remarks>
/// A call takes the stream by <see cref="Begin"/> and counts as a whole or not at all: one that fails, or is stopped, leaves the stream as
/// it was before the call.
/// </remarks>
public sealed class AkidaStream
{
    private readonly Lock _lock = new();
    private StreamSnapshot?[] _memory;
    private bool _isBusy;

    /// <summary>New streams, which remember zeros.</summary>
    /// <param name="model">The model; one without state will do too.</param>
    /// <param name="count">The number of parallel streams.</param>
    /// <exception cref="QuantException">
    /// <c>ParameterOutOfRange</c>: there is no stream, or so many that their state does not fit an array.
    /// </exception>
    public AkidaStream(AkidaModel model, int count = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Count = count;
        State =
        [
            .. Rows(model.Name, model.Plan, layer => layer.TypeName),
            .. model.Tail.SelectMany(part => part.Akida is { } akida
                ? Rows(part.Name, akida.Plan, layer => layer.TypeName)
                : Rows(part.Name, part.Model!.Plan, node => node.Layer.ClassName)),
        ];
        IEnumerable<ExecutionPlan> plans = model.Tail.Select(part => part.Plan).Prepend(model.Plan);
        long largest = plans
            .SelectMany(plan => plan.StepList)
            .SelectMany(step => step.Prepared.State)
            .Select(TensorData.ByteCount)
            .DefaultIfEmpty(1)
            .Max();
        if (count < 1 || largest * count > Array.MaxLength)
        {
            throw new QuantException(
                "ParameterOutOfRange",
                QuantErrorKind.InvalidArgument,
                $"The streams of the model '{model.Name}' must be from 1 to {Array.MaxLength / largest}, as many as memory takes, but there are {count}.",
                nameof(count));
        }

        _memory = new StreamSnapshot?[1 + model.Tail.Count];
    }

    /// <summary>The model, which stays as it is.</summary>
    public AkidaModel Model { get; }

    /// <summary>The number of parallel streams: so many samples are one time step.</summary>
    public int Count { get; }

    /// <summary>The time steps since the streams were new.</summary>
    public long Steps { get; private set; }

    /// <summary>What is remembered of each stream, layer by layer; nothing of a model without state.</summary>
    public ValueList<AkidaStreamState> State { get; }

    /// <summary>The size of the state of all streams, values packed to their bits.</summary>
    public long Bytes => Count * State.Sum(state => state.Bytes);

    /// <summary>Takes the stream for a call, which goes on where the last one ended.</summary>
    /// <exception cref="QuantException"><c>AkidaStreamBusy</c>: another call has it.</exception>
    public AkidaStreamCall Begin()
    {
        lock (_lock)
        {
            RequireIdle();
            _isBusy = true;
            return new AkidaStreamCall(this, _memory);
        }
    }

    /// <summary>Makes the streams new.</summary>
    /// <exception cref="QuantException"><c>AkidaStreamBusy</c>: a call has the stream.</exception>
    public void Reset()
    {
        lock (_lock)
        {
            RequireIdle();
            _memory = new StreamSnapshot?[_memory.Length];
            Steps = 0;
        }
    }

    /// <summary>The model and the streams: <c>kws: 2 streams after 14 time steps</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{Model.Name}: {(Count == 1 ? "1 stream" : $"{Count} streams")} after {(Steps == 1 ? "1 time step" : $"{Steps} time steps")}"));

    /// <summary>Takes what a call leaves behind, and lets the next one have the stream.</summary>
    internal void Complete(StreamSnapshot?[] memory, long steps)
    {
        lock (_lock)
        {
            _memory = memory;
            Steps += steps;
            _isBusy = false;
        }
    }

    /// <summary>Lets the next call have the stream, as it was before this one.</summary>
    internal void Abandon()
    {
        lock (_lock)
        {
            _isBusy = false;
        }
    }

    private void RequireIdle()
    {
        if (_isBusy)
        {
            throw new QuantException(
                "AkidaStreamBusy",
                QuantErrorKind.InvalidArgument,
                $"The stream over the Akida model '{Model.Name}' is in another call, and time steps have an order. Wait for that call, or make a stream for each with New-AkidaStream.",
                this);
        }
    }

    private IEnumerable<AkidaStreamState> Rows<TNode>(string part, ExecutionPlan<TNode> plan, Func<TNode, string> type)
        where TNode : IPlanNode =>
        from step in plan.Steps
        from state in step.Prepared.State
        let bits = state is QuantizedSpec integers ? integers.Bits : 8 * sizeof(float)
        select new AkidaStreamState(
            Model.Name,
            part,
            step.Node.Name,
            type(step.Node),
            state.Shape.ToString(),
            bits,
            BitWidths.Bytes(state.Shape.Size, bits));
}
