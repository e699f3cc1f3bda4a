namespace AkidaQuant.Layers;

/// <summary>Notes what a layer asks of its arguments while it is read.</summary>
internal interface IArgumentObserver
{
    /// <summary>An argument is asked for, as a value of that kind.</summary>
    void Ask(string key, LayerArgumentKind kind);

    /// <summary>These are the texts that an argument may be.</summary>
    void Offer(string key, IEnumerable<string> choices);

    /// <summary>An argument is missing, or not what it must be.</summary>
    void Refuse(string key);
}
