using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Transforms;

/// <summary>Puts a Rescaling behind the input of a model (transforms.md 3.4).</summary>
public static class RescalingInsertion
{
    /// <summary>
    /// The model with a layer <c>rescaling</c>, or the next free number, between its input and all that takes it:
    /// <c>input * scale + offset</c>. Sequential models, which the reference refuses, get one too.
    /// </summary>
    /// <param name="model">A float model.</param>
    /// <param name="scale">One factor, or one for each channel.</param>
    /// <param name="offset">One summand, or one for each channel.</param>
    /// <exception cref="QuantException">The model is quantized, or a number is missing, not finite or one too many.</exception>
    public static Model Insert(Model model, double[] scale, double[] offset)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.IsQuantized)
        {
            throw new QuantException(
                "ModelQuantized",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' is quantized already, and its input can no longer be rescaled. Insert the Rescaling into the float model.",
                model.Name);
        }

        Check(model, scale, nameof(scale));
        Check(model, offset, nameof(offset));
        double[] shifted = Shifted(model.Input, scale, offset);
        GraphEditor editor = new(model);
        editor.InsertAfter(
            model.Input.Name,
            new Rescaling { Name = editor.FreeName("rescaling"), Scale = [.. scale], Offset = shifted },
            moveOutputs: true);
        Model made = editor.Build();
        return made.Ranges.TryGetValue(model.Input.Name, out TensorRange range)
            ? made.WithRanges(WithInput(made, range.Before(scale, shifted)))
            : made;
    }

    /// <summary>
    /// The offsets over samples that lost half the range of their type as they were loaded (<see cref="SampleForm.Type"/>), and over which
    /// the network expects as much less.
    /// </summary>
    private static double[] Shifted(InputLayer input, double[] scale, double[] offset)
    {
        if (input.Form?.Type is not { } type)
        {
            return [.. offset];
        }

        double half = 1L << (type.Bits() - 1);
        return
        [
            .. Enumerable.Range(0, Math.Max(scale.Length, offset.Length)).Select(channel =>
                offset[offset.Length == 1 ? 0 : channel] + (half * (scale[scale.Length == 1 ? 0 : channel] - 1))),
        ];
    }

    /// <summary>The known ranges with that of samples as they come now.</summary>
    private static Dictionary<string, TensorRange> WithInput(Model model, TensorRange? input)
    {
        Dictionary<string, TensorRange> ranges = new(model.Ranges, StringComparer.Ordinal);
        ranges.Remove(model.Input.Name);
        if (input is { } known)
        {
            ranges[model.Input.Name] = known;
        }

        return ranges;
    }

    private static void Check(Model model, double[] values, string name)
    {
        int channels = model.InputShape.Channels;
        if (values.Length != 1 && values.Length != channels && (channels != Shape.Unknown || values.Length == 0))
        {
            throw Wrong(
                model,
                $"the {name} must be one number, or one for each of the {channels} channels, but there are {values.Length}.");
        }

        if (values.Any(value => !float.IsFinite((float)value)))
        {
            throw Wrong(
                model,
                $"the {name} must be numbers that float32 can hold, but it is {Listing.Of(values)}.");
        }
    }

    private static QuantException Wrong(Model model, string problem) =>
        new(
            "RescalingInvalid",
            QuantErrorKind.InvalidArgument,
            $"The input of the model '{model.Name}' cannot be rescaled: {problem}",
            model.Name);
}
