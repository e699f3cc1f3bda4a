using AkidaQuant.Layers;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>A weighted layer of a network that is trained: its kernels and its bias.</summary>
internal sealed class TrainedLayer
{
    private const float ScaleFactor = 0.3f;
    private const float BiasFactor = 0.3f;

    private readonly IReadOnlyList<LayerKernel> _kernels;
    private readonly AdamMoments[] _integerMoments;
    private readonly AdamMoments[] _scaleMoments;
    private readonly AdamMoments _biasMoments;
    private readonly float[] _biasUnits;

    /// <summary>The layer.</summary>
    /// <param name="layer">The quantized layer as it is.</param>
    /// <param name="step">Its step in the plan.</param>
    /// <param name="kernels">Its kernels.</param>
    /// <param name="firstSlot">The first of the parameters that it adds.</param>
    public TrainedLayer(QuantizedWeightedLayer layer, int step, IReadOnlyList<LayerKernel> kernels, int firstSlot)
    {
        Layer = layer;
        Step = step;
        _kernels = kernels;
        Bias = layer.UseBias ? [.. layer.Bias.Values] : [];
        int slot = firstSlot;
        KernelSlots = [.. kernels.Select(kernel => kernel.Trained is null ? -1 : slot++)];
        BiasSlot = layer.UseBias ? slot : -1;
        _integerMoments = [.. kernels.Select(kernel => new AdamMoments(kernel.Trained?.Integers.Length ?? 0))];
        _scaleMoments = [.. kernels.Select(kernel => new AdamMoments(kernel.Trained?.Logarithms.Length ?? 0))];
        _biasMoments = new AdamMoments(Bias.Length);
        _biasUnits = new float[Bias.Length];
    }

    /// <summary>The quantized layer as it came in.</summary>
    public QuantizedWeightedLayer Layer { get; }

    /// <summary>Its step in the plan.</summary>
    public int Step { get; }

    /// <summary>The bias; empty where there is none.</summary>
    public float[] Bias { get; }

    /// <summary>The parameter that each kernel is; -1 where it is not trained.</summary>
    public int[] KernelSlots { get; }

    /// <summary>The parameter that the bias is; -1 where there is none.</summary>
    public int BiasSlot { get; }

    /// <summary>The number of values of each parameter, in the order of their slots.</summary>
    public IEnumerable<int> ParameterSizes =>
    [
        .. _kernels.Where(kernel => kernel.Trained is not null).Select(kernel => kernel.Weights.Length),
        .. BiasSlot < 0 ? [] : new[] { Bias.Length },
    ];

    /// <summary>Measures the spread of the output of each channel, in which biases are moved.</summary>
    public void MeasureUnits(ReadOnlySpan<float> output)
    {
        if (_biasUnits.Length == 0)
        {
            return;
        }

        double mean = 0;
        for (int channel = 0; channel < _biasUnits.Length; channel++)
        {
            double sum = 0;
            for (int i = channel; i < output.Length; i += _biasUnits.Length)
            {
                sum += (double)output[i] * output[i];
            }

            float rate = Layer.OutputQuantizer?.RescalingRate.Values is { } rates ? rates[rates.Length == 1 ? 0 : channel] : 1;
            _biasUnits[channel] = (float)Math.Sqrt(sum / (output.Length / _biasUnits.Length)) / rate;
            mean += _biasUnits[channel] / _biasUnits.Length;
        }

        for (int channel = 0; channel < _biasUnits.Length; channel++)
        {
            _biasUnits[channel] = Math.Max(_biasUnits[channel], (float)mean / 4);
        }
    }

    /// <summary>A step of the optimizer.</summary>
    /// <param name="gradients">The gradients by all parameters of the network; those of this layer are overwritten.</param>
    /// <param name="rate">The length of the step.</param>
    public void Move(float[][] gradients, float rate)
    {
        for (int i = 0; i < _kernels.Count; i++)
        {
            if (_kernels[i].Trained is { } kernel)
            {
                float[] byLogarithm = new float[kernel.Logarithms.Length];
                float[] byInteger = gradients[KernelSlots[i]];
                kernel.Differentiate(byInteger, byLogarithm);
                float step = rate * kernel.StepFactor;
                _integerMoments[i].Step(kernel.Integers, byInteger, _ => step);
                _scaleMoments[i].Step(kernel.Logarithms, byLogarithm, _ => rate * ScaleFactor);
            }
        }

        if (BiasSlot >= 0)
        {
            _biasMoments.Step(Bias, gradients[BiasSlot], channel => rate * BiasFactor * _biasUnits[channel]);
        }

        Refresh();
    }

    /// <summary>The values of all parameters, for <see cref="Restore"/>.</summary>
    public float[][] Save() =>
    [
        .. _kernels.Where(kernel => kernel.Trained is not null)
            .SelectMany(kernel => new[] { kernel.Trained!.Integers, kernel.Trained.Logarithms }).Select(values => values.ToArray()),
        [.. Bias],
    ];

    /// <summary>Brings saved values back.</summary>
    public void Restore(float[][] saved)
    {
        int at = 0;
        foreach (LayerKernel kernel in _kernels.Where(kernel => kernel.Trained is not null))
        {
            saved[at++].CopyTo(kernel.Trained!.Integers, 0);
            saved[at++].CopyTo(kernel.Trained.Logarithms, 0);
        }

        saved[at].CopyTo(Bias, 0);
        Refresh();
    }

    /// <summary>The layer with its parameters as they are now.</summary>
    public Layer ToLayer()
    {
        NdArray<float>[] values = [.. Layer.Variables.Select(variable => variable.Value)];
        for (int i = 0; i < _kernels.Count; i++)
        {
            values[i] = _kernels[i].Trained?.ToArray() ?? values[i];
        }

        if (BiasSlot >= 0)
        {
            values[_kernels.Count] = NdArray<float>.Vector([.. Bias]);
        }

        return Layer.WithVariables(values);
    }

    private void Refresh()
    {
        foreach (LayerKernel kernel in _kernels)
        {
            kernel.Trained?.Refresh();
            kernel.Refresh();
        }
    }
}
