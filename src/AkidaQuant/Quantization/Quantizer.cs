using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Text;
using AkidaQuant.Transforms;

namespace AkidaQuant.Quantization;

/// <summary>
/// Quantizes models: rewrites, replaces layers, calibrates (quantize.md 2.1). Quantized models are quantized anew
/// from the float network that they came from.
/// </summary>
public static class Quantizer
{
    /// <summary>The quantized model.</summary>
    /// <exception cref="QuantException">
    /// The model cannot be quantized, a setting is wrong or, for a quantized model, missing, or the samples do not fit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Quantize(Model model, QuantizeOptions options)
    {
        bool isAgain = model.IsQuantized;
        options = isAgain ? Requantization.WithDefaults(model, options) : WithScheme(model, options);
        Validate(model, options);
        Model floating = Rewritten(model, options);
        bool isKnown = options is { Samples: null, Ranges: null } && floating.Ranges.Count > 0;
        if (!isKnown && options is { Samples: null, Ranges: null, Parameters.PerTensorActivations: false })
        {
            options.Warning?.Invoke(
                "Per-axis activations are calibrated with random samples, which is inaccurate. Give real samples, or use per-tensor activations.");
        }

        options = options with { Config = ConfigNames.Resolve(options.Config, floating) };
        Model quantized = QuantizedStructure.Build(floating, options);
        if (isAgain)
        {
            Requantization.RequireComplete(model, quantized, options.Config);
        }

        // Biases decide nothing until they meet their ranges.
        Model structure = BiasFreeForm.Of(quantized);
        _ = structure.Plan;
        CalibratedRanges? known = isKnown ? KnownRanges.Of(floating, structure, options.Verbose) : options.Ranges;
        SampleSet? samples = known is null ? options.Samples ?? RandomSet(floating, options) : options.Samples;
        KeptOutputs? kept = samples is null ? null : FreeScheme.Outputs(floating, samples);
        CalibratedRanges ranges = known ?? Calibration.Run(floating, structure, samples!, options, kept);
        Model calibrated = floating.Input.IsFromOnnx && ranges.Crossing.Count == 0
            ? FreeScheme.Apply(floating, quantized, structure, ranges, samples, kept, options)
            : WithSumsThatFit(BiasFreeForm.WithBiases(RangeApplication.Apply(structure, ranges), quantized), floating, samples, options);
        _ = calibrated.Plan;
        return samples is null ? calibrated : CalibrationCheck.Run(calibrated, FloatSource(calibrated), samples, options);
    }

    /// <summary>
    /// The quantized model as a first look gives it, unchecked; of a network whose scheme is not chosen freely without the biases where one
    /// fits no accumulator.
    /// </summary>
    /// <param name="floating">A rewritten float model whose input shape is known.</param>
    /// <param name="options">The scheme and samples; what it would tell is not told.</param>
    /// <exception cref="QuantException">The model cannot be quantized, a setting is wrong, or the samples do not fit.</exception>
    internal static Model Draft(Model floating, QuantizeOptions options)
    {
        options = options with { Config = ConfigNames.Resolve(options.Config, floating) };
        Model quantized = QuantizedStructure.Build(floating, options);
        Model structure = BiasFreeForm.Of(quantized);
        SampleSet samples = options.Samples ?? RandomSet(floating, options);
        CalibratedRanges ranges = Calibration.Run(floating, structure, samples, options);
        if (floating.Input.IsFromOnnx)
        {
            return FreeScheme.Apply(floating, quantized, structure, ranges, samples, kept: null, options);
        }

        Model free = RangeApplication.Apply(structure, ranges);
        Model calibrated = BiasFreeForm.WithBiases(free, quantized);
        return CanRun(calibrated) ? calibrated : free;
    }

    /// <summary>The options with the scheme that the network asks for, where none is given.</summary>
    private static QuantizeOptions WithScheme(Model model, QuantizeOptions options) =>
        options.HasParameters || model.Input.Scheme is not { } scheme ? options : options with { Parameters = scheme };

    /// <summary>The model as it is, or, where a bias fits no accumulator and the reference gives no integers, one that runs.</summary>
    private static Model WithSumsThatFit(Model calibrated, Model floating, SampleSet? samples, QuantizeOptions options)
    {
        if (CanRun(calibrated))
        {
            return calibrated.WithFloatSource(floating);
        }

        FittedSums fitted = SumFit.Apply(calibrated, floating, samples, options);
        foreach (FitChange change in fitted.Changes)
        {
            options.Verbose?.Invoke(change.ToString());
        }

        return fitted.Model.WithFloatSource(fitted.Floating);
    }

    /// <summary>Whether every bias fits its accumulator; where one does not, the reference gives no integers to keep.</summary>
    private static bool CanRun(Model calibrated)
    {
        try
        {
            return calibrated.Plan.Steps.Count > 0;
        }
        catch (QuantException error) when (error.Id == QuantizedTail.BeyondAccumulator)
        {
            return false;
        }
    }

    /// <summary>
    /// The rewritten float network that a quantized model came from: the one that it remembers, or else, for a model
    /// from a file, the one that its weights, rates and ranges lead back to, equal within float rounding.
    /// </summary>
    /// <exception cref="QuantException">The model holds a rate or a zero point that belongs to no layer.</exception>
    public static Model FloatSource(Model model) => model.FloatSource ?? (model.IsQuantized ? FloatRecovery.Recover(model) : model);

    /// <summary>
    /// The rewritten form of a float network that is given as the one that a quantized model came from; sizes that it leaves open are
    /// those of the quantized model.
    /// </summary>
    /// <exception cref="QuantException">
    /// <c>AlreadyQuantized</c>: it is no float network; <c>FloatFormDiffers</c>: it takes the values of samples in another order.
    /// </exception>
    public static Model FloatSource(Model quantized, Model floating)
    {
        if (floating.IsQuantized)
        {
            throw new QuantException(
                "AlreadyQuantized",
                QuantErrorKind.InvalidArgument,
                $"The layers of '{quantized.Name}' are compared with those of the float model that it came from, but '{floating.Name}' is quantized. Give the float model.",
                floating.Name);
        }

        if (!SampleForm.IsSameOrder(quantized.Input.Form, floating.Input.Form))
        {
            throw new QuantException(
                "FloatFormDiffers",
                QuantErrorKind.InvalidArgument,
                $"The network of '{quantized.Name}' was repaired: its samples are put in another order ({quantized.Input.Form?.ToString() ?? "none"}) than those of the float model '{floating.Name}' ({floating.Input.Form?.ToString() ?? "none"}), so that their layers cannot be compared. Give the float model that Repair-QuantModel gave, or none.",
                floating.Name);
        }

        Model rewritten = Sanitizer.Run(
            floating.InputShape.IsKnown ? floating : floating.WithInputShape(quantized.Input.SampleShape));
        return AverageFit.WithIdentities(rewritten, name => quantized.Find(name) is not null);
    }

    /// <summary>The configuration that quantizing a float model would use, without calibrating it.</summary>
    public static QuantConfig Preview(Model model, QuantizeOptions options)
    {
        Validate(model, options);
        options = WithScheme(model, options);
        Model floating = Rewritten(model, options);
        return Configuration(
            QuantizedStructure.Build(floating, options with { Config = ConfigNames.Resolve(options.Config, floating) }));
    }

    /// <summary>The configuration of a quantized model: the settings of every layer that has some (quantize.md 13).</summary>
    public static QuantConfig Configuration(Model model)
    {
        QuantConfig config = [];
        foreach (Layer layer in model.GraphLayers)
        {
            if (layer is QuantizedLayer { Settings: { Count: > 0 } settings })
            {
                config.Add(layer.Name, settings);
            }
        }

        return config;
    }

    private static void Validate(Model model, QuantizeOptions options)
    {
        if (options.Until is { } until && model.Find(until) is null)
        {
            throw new QuantException(
                "UntilLayerUnknown",
                QuantErrorKind.NotFound,
                $"The model '{model.Name}' has no layer '{until}' to quantize until. Its layers are: {Listing.Of(model.Layers.Select(layer => layer.Name), until)}.",
                until);
        }

        RequirePositive(options.BatchSize, nameof(options.BatchSize));
        RequirePositive(options.SampleCount, nameof(options.SampleCount));
        RequirePositive(options.Epochs, nameof(options.Epochs));
    }

    private static void RequirePositive(int? value, string name)
    {
        if (value is <= 0)
        {
            throw new QuantException(
                "ParameterOutOfRange",
                QuantErrorKind.InvalidArgument,
                $"{name} must be at least 1, but it is {value}.",
                name);
        }
    }

    /// <summary>The rewritten float model, whose layers the configuration names.</summary>
    private static Model Rewritten(Model model, QuantizeOptions options)
    {
        Model floating = FloatSource(WithSampleShape(model, options));
        return model.IsQuantized
            ? floating
            : AverageFit.WithIdentities(
                Sanitizer.Run(floating, options.Verbose), name => options.Config?.ContainsKey(name) == true);
    }

    /// <summary>
    /// A network from PyTorch says nothing of the type of its samples. Integers with their channels last, of the type that
    /// the parameters name, are what a processor takes as they are, so that the network gets a typed input, unless it asks for a scheme: it
    /// was repaired for floats then.
    /// </summary>
    private static Model WithSampleType(Model model, QuantizeOptions options)
    {
        if (TypeOf(options.Samples, model, options.Parameters) is not { } type)
        {
            return model;
        }

        options.Verbose?.Invoke(
            $"The input '{model.Input.Name}' becomes {type.FileName()}: the samples are such integers, channels last. Give floats, or channels first, to have them quantized by an InputQuantizer.");
        return model.WithLayers(layer => layer is InputLayer input ? input with { Type = type } : layer);
    }

    /// <summary>The type that samples give the input of a network; null where it stays as it is.</summary>
    internal static IntegerType? TypeOf(SampleSet? samples, Model model, QuantizationParams parameters) =>
        samples is { Type: { } type } && type == parameters.InputType
        && model.Input is { IsChannelsFirst: true, Type: null, Scheme: null } input && samples.SampleShape == input.SampleShape
        && SampleInput.FitChannelsLast(samples, input.SampleShape, mayBeFirst: true, model.Name) == samples
            ? type
            : null;

    private static Model WithSampleShape(Model model, QuantizeOptions options)
    {
        model = model.IsQuantized ? model : WithSampleType(model, options);
        if (options.Samples is not null && !model.GraphLayers.Any(layer => layer is StatefulRecurrent or QuantizedStatefulRecurrent))
        {
            model = model.WithLayers(layer => layer is InputLayer input ? input with { BatchSize = Shape.Unknown } : layer);
        }

        if (model.InputShape.IsKnown)
        {
            return model;
        }

        return options.Samples is { } samples
            ? model.WithInputShape(InputShape(model, samples.SampleShape))
            : throw new QuantException(
                "InputShapeUnknown",
                QuantErrorKind.InvalidArgument,
                $"The input {model.InputShape} of the model '{model.Name}' has dimensions that are not known. Give samples; their shape is taken.",
                model.Name);
    }

    /// <summary>
    /// The shape of the samples; for a network of images in time that are given one by one, one step of time, because
    /// the number of steps is nothing that its rewritten form knows.
    /// </summary>
    private static Shape InputShape(Model model, Shape sample) =>
        model.InputShape.Rank == sample.Rank + 1
        && model.InputShape[0] == Shape.Unknown
        && model.GraphLayers.Any(layer => layer is Conv3D or PleiadesLayer)
            ? sample.Prepend(1)
            : sample;

    private static SampleSet RandomSet(Model floating, QuantizeOptions options) =>
        RandomSamples.Create(
            floating.Input.SampleShape,
            options.SampleCount ?? Calibration.DefaultSampleCount,
            floating.Input.SampleType ?? options.Parameters.InputType,
            options.Seed);
}
