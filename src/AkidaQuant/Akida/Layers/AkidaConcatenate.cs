using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// Two inputs joined along the channels; they agree in rows, columns, bits and sign (akida-model.md 1.4, convert.md 4.8).
/// </summary>
public sealed record AkidaConcatenate : AkidaLayer
{
    /// <inheritdoc/>
    public override string TypeName => "Concatenate";

    /// <inheritdoc/>
    public override int InboundCount => 2;

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        (TensorSpec a, TensorSpec b) = (inputs[0], inputs[1]);
        if (a.Shape.Rank != 3 || b.Shape.Rank != 3 || a.Shape[0] != b.Shape[0] || a.Shape[1] != b.Shape[1])
        {
            throw Invalid(
                "AkidaLayerInputMismatch",
                $"its inputs must have the same rows and columns, but they have the shapes {a.Shape} and {b.Shape}.");
        }

        if (Describe(a) != Describe(b))
        {
            throw Invalid(
                "AkidaLayerInputMismatch",
                $"its inputs must have the same bits and sign, but they have {Describe(a)} and {Describe(b)}.");
        }

        (QuantizedSpec first, QuantizedSpec second) = (Integers(a), Integers(b));
        (ValueRange left, ValueRange right) = (first.Range, second.Range);
        ValueRange range = new(Math.Min(left.Min, right.Min), Math.Max(left.Max, right.Max));
        Shape shape = a.Shape.WithChannels(a.Shape.Channels + b.Shape.Channels);
        return PreparedLayer.Divided(AkidaTensors.Integers(shape, first.Bits, first.IsSigned, range), () =>
        {
            Concatenation concatenation = new(a.Shape.Channels, b.Shape.Channels);
            return (tensors, output, batch, share) => concatenation.Run(tensors, (IntegerData)output, batch, share);
        });
    }

    private static string Describe(TensorSpec tensor) =>
        tensor is QuantizedSpec integers ? $"{integers.Bits} bits {(integers.IsSigned ? "signed" : "unsigned")}" : "32 bits signed";
}
