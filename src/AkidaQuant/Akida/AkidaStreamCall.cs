using AkidaQuant.Execution;

namespace AkidaQuant;

/// <summary>
/// A call that has a stream: <see cref="Complete"/> makes what it ran part of the stream, and disposing it without leaves the stream as it
/// was.
/// </summary>
public sealed class AkidaStreamCall : IDisposable
{
    private readonly CarriedState[] _carried;
    private long _steps;
    private bool _isOver;

    internal AkidaStreamCall(AkidaStream stream, IReadOnlyList<StreamSnapshot?> memory)
    {
        Stream = stream;
        _carried = [.. memory.Select(snapshot => new CarriedState(snapshot))];
    }

    /// <summary>The stream.</summary>
    public AkidaStream Stream { get; }

    /// <summary>What the plan of the model remembers.</summary>
    internal CarriedState Model => _carried[0];

    /// <summary>What each part of the software tail remembers.</summary>
    internal IReadOnlyList<CarriedState> Tail => _carried[1..];

    /// <summary>Makes all that was run to its end in this call part of the stream, and gives the stream back.</summary>
    public void Complete()
    {
        if (!_isOver)
        {
            _isOver = true;
            Stream.Complete(Array.ConvertAll(_carried, carried => carried.Snapshot), _steps);
        }
    }

    /// <summary>Gives the stream back as it was before the call, unless that is complete.</summary>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            Stream.Abandon();
        }
    }

    /// <summary>Takes what a run left behind that has seen all its samples, with their time steps.</summary>
    internal void Advance(SampleSet samples)
    {
        Array.ForEach(_carried, carried => carried.Advance());
        _steps += samples.Count / Stream.Count;
    }

    /// <summary>Checks that a run over samples is one of the stream.</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaStreamModelMismatch</c>, <c>AkidaStreamCountMismatch</c>, or <c>StreamLengthsDiffer</c>: the samples are no multiple of the
    /// streams.
    /// </exception>
    internal void Require(AkidaModel model, SampleSet samples, int? batchSize)
    {
        if (!ReferenceEquals(model, Stream.Model))
        {
            throw new QuantException(
                "AkidaStreamModelMismatch",
                QuantErrorKind.InvalidArgument,
                $"The stream goes on over another Akida model than '{model.Name}', from which its state comes: '{Stream.Model.Name}', an object of its own. Leave the model out, or make a stream of this one with New-AkidaStream.",
                Stream);
        }

        if (batchSize is { } size && size != Stream.Count)
        {
            throw new QuantException(
                "AkidaStreamCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"The batch size is {size}, but a time step of the stream over '{model.Name}' is a sample of each of its {Stream.Count} parallel streams. Leave the batch size out, or make a stream with -Count {size}.",
                Stream);
        }

        if (samples.Count % Stream.Count != 0)
        {
            throw new QuantException(
                "StreamLengthsDiffer",
                QuantErrorKind.InvalidArgument,
                $"{samples.Count} samples cannot be shared out to {Stream.Count} parallel streams over '{model.Name}', a sample of each being a time step. Give a multiple of {Stream.Count} samples.",
                samples);
        }
    }
}
