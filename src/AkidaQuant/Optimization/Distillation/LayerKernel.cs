namespace AkidaQuant.Optimization.Distillation;

/// <summary>A kernel as gradients take it: trained or not, and with its rows and columns exchanged.</summary>
internal sealed class LayerKernel
{
    private readonly float[] _given;
    private readonly int _columns;

    /// <summary>A kernel of a layer.</summary>
    /// <param name="given">Its weights as they are, used where it is not trained.</param>
    /// <param name="columns">The columns of the matrix that it is, row-major.</param>
    /// <param name="trained">Its integers; null where it is not trained.</param>
    public LayerKernel(float[] given, int columns, TrainedKernel? trained)
    {
        _given = given;
        _columns = columns;
        Trained = trained;
        Transposed = new float[given.Length];
        Refresh();
    }

    /// <summary>Its integers; null where it is not trained.</summary>
    public TrainedKernel? Trained { get; }

    /// <summary>The weights that the network computes with.</summary>
    public float[] Weights => Trained?.Weights ?? _given;

    /// <summary>The weights with rows and columns exchanged.</summary>
    public float[] Transposed { get; }

    /// <summary>Works out what follows from the weights.</summary>
    public void Refresh() => MatrixProduct.Transpose(Weights, Transposed, Weights.Length / _columns, _columns);
}
