namespace AkidaQuant.Kernels.Integer;

/// <summary>A contraction whose weights are packed when it first runs: many plans are made to learn ranges only, and never run.</summary>
internal sealed class UnpackedContraction : IntegerContraction
{
    private readonly Lazy<IntegerContraction> _packed;

    /// <summary>A contraction to be packed by the first thread that needs it, while others wait.</summary>
    /// <param name="outputRange">The integers that the sums can be, saturated.</param>
    /// <param name="pack">Chooses the arithmetic and packs the weights; called once and then forgotten.</param>
    public UnpackedContraction(ValueRange outputRange, Func<IntegerContraction> pack)
    {
        OutputRange = outputRange;
        _packed = new Lazy<IntegerContraction>(pack);
    }

    /// <summary>What computes the sums.</summary>
    public IntegerContraction Packed => _packed.Value;

    /// <inheritdoc/>
    public override void Run(IntegerData input, IntegerData output, int samples, WorkShare share, IntegerFinish? finish) =>
        Packed.Run(input, output, samples, share, finish);
}
