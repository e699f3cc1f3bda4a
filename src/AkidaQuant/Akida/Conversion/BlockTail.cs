using AkidaQuant.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// What may follow the linear layer of a block (convert.md 2.4): an activation, and one pool. The reference pools a maximum where an
/// activation follows only; a global average stands before the activation in Akida 1.0 and behind it in 2.0.
/// </summary>
internal sealed record BlockTail
{
    private BlockTail(IEnumerable<Type?> activations) => Activations = [.. activations];

    /// <summary>An activation or none, for Akida 2.0 layers that quantize at their end only.</summary>
    public static BlockTail Activation => new([.. Classes(readsQuantized: false), null]);

    /// <summary>An activation or none, for Akida 2.0 layers that can quantize what an activation reads.</summary>
    public static BlockTail AnyActivation => new([.. Classes(readsQuantized: false), null, .. Classes(readsQuantized: true)]);

    /// <summary>The only activation of Akida 1.0, or none.</summary>
    public static BlockTail Rectifier => new([typeof(QuantizedReLU), null]);

    /// <summary>Whether a maximum pool may stand in front of the activation.</summary>
    public bool HasMaxPool { get; init; }

    /// <summary>Whether a maximum pool may be the end, which is a form of ours alone.</summary>
    public bool EndsWithMaxPool { get; init; }

    /// <summary>Whether a global average may be the end.</summary>
    public bool EndsWithGlobalPool { get; init; }

    /// <summary>Whether a global average may stand in front of the activation, or without one.</summary>
    public bool StartsWithGlobalPool { get; init; }

    /// <summary>The tail with an activation in any case.</summary>
    public BlockTail Required => this with { Activations = [.. Activations.Where(activation => activation is not null)] };

    /// <summary>The classes of the activations, in the order in which errors list them; null for none.</summary>
    private IReadOnlyList<Type?> Activations { get; init; }

    /// <summary>All sequences that begin with these layers.</summary>
    public IReadOnlyList<Type[]> Behind(params Type[] head) =>
        [.. Activations.SelectMany(Sequences).Select(tail => (Type[])[.. head, .. tail])];

    private static IEnumerable<Type> Classes(bool readsQuantized) =>
        BlockActivation.All.Where(activation => activation.ReadsQuantized == readsQuantized).Select(activation => activation.Layer);

    private IEnumerable<Type[]> Sequences(Type? activation)
    {
        Type[] own = activation is null ? [] : [activation];
        yield return own;
        if (activation is null ? EndsWithMaxPool : HasMaxPool)
        {
            yield return [typeof(QuantizedMaxPool2D), .. own];
        }

        if (StartsWithGlobalPool)
        {
            yield return [typeof(QuantizedGlobalAveragePooling2D), .. own];
        }

        if (EndsWithGlobalPool)
        {
            yield return [.. own, typeof(QuantizedGlobalAveragePooling2D)];
        }
    }
}
