using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A projection into complex states that turn and fade from time step to time step, and a projection of their real parts,
/// of which some time steps are left out (akida-model.md 1.5, convert.md 4.10 and 6.3). The states go on from call to call.
/// </summary>
/// <remarks>
/// The sums of both projections saturate to <see cref="AkidaIntegerLayer.BufferBits"/>; the recurrence computes with 32
/// bits and keeps states of 16, whatever those are, which equality with the quantized model needs (convert.md 8.3).
/// </remarks>
public sealed record AkidaStatefulRecurrent : AkidaIntegerLayer
{
    /// <summary>Bits of the recurrence, sign included.</summary>
    internal const int RecurrenceBits = 32;

    /// <summary>Bits of the states, sign included.</summary>
    internal const int StateBits = 16;

    /// <summary>Bits of the weights of both projections.</summary>
    private const int ProjectionBits = 8;

    /// <summary>The number of states.</summary>
    public required int StatefulChannels { get; init; }

    /// <summary>The number of output channels.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>One time step of so many gives an output, the last of each few.</summary>
    public int Subsample { get; init; } = 1;

    /// <inheritdoc/>
    public override string TypeName => "StatefulRecurrent";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters =>
        [
            new("stateful_channels", StatefulChannels),
            new("output_channels", OutputChannels),
            new("subsample", Subsample),
            .. OutputParameters,
        ];

    /// <inheritdoc/>
    public override ValueList<Shape> KernelShapes =>
        Variables.Find<sbyte>("in_proj") is { } first && Variables.Find<sbyte>("out_proj") is { } second ? [first.Shape, second.Shape] : [];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("in_proj", ProjectionBits, Channels(input), StatefulChannels),
        AkidaVariableRule.LeftShift("input_shift", Channels(input)),
        new("A_real", "int16", short.MinValue, short.MaxValue, new Shape(StatefulChannels)) { IsRequired = true },
        new("A_imag", "int16", short.MinValue, short.MaxValue, new Shape(StatefulChannels)) { IsRequired = true },
        AkidaVariableRule.Unsigned("new_state_scale", StatefulChannels),
        AkidaVariableRule.Signed("new_state_shift", StatefulChannels),
        AkidaVariableRule.Signed("internal_state_outputs_shift", StatefulChannels),
        AkidaVariableRule.Kernel("out_proj", ProjectionBits, StatefulChannels, OutputChannels),
        .. TailRules(OutputChannels),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        TensorSpec input = inputs[0];
        int steps = input.Shape[0] * input.Shape[1];
        if (input.Shape[0] != 1 || steps % Subsample != 0)
        {
            throw Invalid(
                "AkidaLayerInputMismatch",
                $"it takes (1, time steps, channels) with a multiple of {Subsample} time steps, but its input is {input.Shape}.");
        }

        (IntegerDense first, IntegerFinish added, IntegerRecurrence recurrence) = Recurrence(input);
        TimeSubsampling subsampling = new(Subsample, StatefulChannels);
        QuantizedSpec state = new(new Shape(StatefulChannels), StateBits - 1, ScalarOrVector<int>.Scalar(0));
        IntegerDense second = new(
            StatefulChannels, OutputChannels, Weights("out_proj", StatefulChannels, OutputChannels), null, state.Range, BufferBits - 1);
        int size = steps * StatefulChannels;
        return Finish(
            new Shape(1, steps / Subsample, OutputChannels),
            second.OutputRange,
            LinearPart.Whole((tensors, sums, batch) =>
            {
                using var projected = IntegerData.Rent(size, batch, IntegerStorage.Int32);
                using var states = IntegerData.Rent(size, batch, IntegerStorage.Int16);
                using var kept = IntegerData.Rent(size / Subsample, batch, IntegerStorage.Int16);
                first.Run((IntegerData)tensors[0], projected, batch, default, added);
                recurrence.Run(
                    projected.Values<int>(batch),
                    ((IntegerData)tensors[1]).Values<short>(batch),
                    ((IntegerData)tensors[2]).Values<short>(batch),
                    states.Values<short>(batch),
                    batch);
                subsampling.Run(states, kept, batch);
                second.Run(kept, sums, batch);
            }),
            state: [state, state]);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Every time step projects its inputs into the states, turns the states before it, four products each, and projects the real parts
    /// that are kept.
    /// </remarks>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs)
    {
        Shape shape = inputs[0].Shape;
        int steps = shape[0] * shape[1];
        (IntegerDense first, IntegerFinish added, IntegerRecurrence recurrence) = Recurrence(inputs[0]);
        long dense = ((long)shape.Size * StatefulChannels) + (4L * steps * StatefulChannels)
            + ((long)(steps / Subsample) * StatefulChannels * OutputChannels);
        short[] real = [];
        short[] imaginary = [];
        short[] output = new short[StatefulChannels];
        return new LayerProducts(dense, (input, batch) =>
        {
            Array.Resize(ref real, batch * StatefulChannels);
            Array.Resize(ref imaginary, batch * StatefulChannels);
            using var projected = IntegerData.Rent(steps * StatefulChannels, batch, IntegerStorage.Int32);
            first.Run(input, projected, batch, default, added);
            ReadOnlySpan<int> entering = projected.Values<int>(batch);
            long count = EventProducts.Events(input, batch) * StatefulChannels;
            for (int step = 0; step < batch * steps; step++)
            {
                Span<short> re = real.AsSpan(step / steps * StatefulChannels, StatefulChannels);
                Span<short> im = imaginary.AsSpan(step / steps * StatefulChannels, StatefulChannels);
                count += 2 * (Events(re) + Events(im));
                recurrence.Run(entering.Slice(step * StatefulChannels, StatefulChannels), re, im, output, 1);
                count += (step % steps + 1) % Subsample == 0 ? Events(re) * OutputChannels : 0;
            }

            return count;
        });

        static long Events(ReadOnlySpan<short> states) => states.Length - states.Count((short)0);
    }

    /// <summary>What enters the states, and how they go on.</summary>
    private (IntegerDense First, IntegerFinish Added, IntegerRecurrence Recurrence) Recurrence(TensorSpec input)
    {
        int channels = input.Shape.Channels;
        IntegerDense first = new(
            channels,
            StatefulChannels,
            Weights("in_proj", channels, StatefulChannels),
            InputShift("input_shift", channels),
            Integers(input).Range,
            BufferBits - 1);
        ValueRange range = ValueRange.OfBits(RecurrenceBits - 1);
        OutputScaling scaling = new(
            StatefulChannels,
            PerChannel("new_state_scale", StatefulChannels, 1),
            PerChannel("new_state_shift", StatefulChannels, 0),
            RecurrenceBits - 1,
            range);
        IntegerFinish added = new(StatefulChannels, first.OutputRange, range, [scaling]);
        IntegerRecurrence recurrence = new(
            Factors("A_real"),
            Factors("A_imag"),
            StateShift(),
            RecurrenceBits - 1,
            StateBits - 1,
            realOnly: true);
        return (first, added, recurrence);
    }

    private int[] Factors(string name) =>
        Variables.Find<short>(name) is { } factors && factors.Values.Length == StatefulChannels
            ? Array.ConvertAll(factors.Values, value => (int)value)
            : throw Invalid(
                "AkidaVariableShape",
                $"its variable '{name}' must be an int16 array with one value for each of its {StatefulChannels} states.");

    /// <summary>The shift from products to states, which all states share.</summary>
    private int StateShift()
    {
        int[] shifts = PerChannel("internal_state_outputs_shift", StatefulChannels, 0);
        return Array.TrueForAll(shifts, shift => shift == shifts[0]) ? shifts[0] : throw Invalid(
            "AkidaVariableShape", "its variable 'internal_state_outputs_shift' must have the same value for all states.");
    }
}
