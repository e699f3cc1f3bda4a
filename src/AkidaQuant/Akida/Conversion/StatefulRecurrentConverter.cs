using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// A recurrence between two projections, of which the second sees real parts only, to StatefulRecurrent (convert.md 4.10).
/// </summary>
internal sealed class StatefulRecurrentConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = BlockTail.Activation.Behind(
        typeof(QuantizedStatefulProjection),
        typeof(QuantizedStatefulRecurrent),
        typeof(QuantizedExtractToken),
        typeof(QuantizedStatefulProjection));

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override bool AllowsInnerQuantizer(PlanStep<Node> step) => step.Node.Layer is QuantizedStatefulRecurrent;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        (PlanStep<Node> input, PlanStep<Node> recurrence, PlanStep<Node> token, PlanStep<Node> output) = Parts(block);
        var first = (QuantizedStatefulProjection)input.Node.Layer;
        if (first.UseBias)
        {
            throw context.Error("AkidaRecurrentBias", input, "it has a bias, and the projection into states has none. Use use_bias=False.");
        }

        if (first.Subsample != 1)
        {
            throw context.Error(
                "AkidaRecurrentSubsample",
                input,
                $"its subsample is {first.Subsample}, and only the projection behind the states can leave time steps out. Set its subsample to 1.");
        }

        if (Buffer(input) != Buffer(output))
        {
            throw context.Error(
                "AkidaRecurrentBuffers",
                output,
                $"its buffer_bitwidth is {Buffer(output)}, and that of '{input.Node.Name}' {Buffer(input)}. Give both the same.");
        }

        ConvolutionRules.RequireWeightBits(context, input, "weight_quantizer", WeightBits(input), [.. Enumerable.Range(2, 7)]);
        ConvolutionRules.RequireWeightBits(context, output, "weight_quantizer", WeightBits(output), [.. Enumerable.Range(2, 7)]);
        CheckStates(context, recurrence, token);
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        (PlanStep<Node> input, PlanStep<Node> recurrence, _, PlanStep<Node> output) = Parts(block);
        var first = (QuantizedStatefulProjection)input.Node.Layer;
        var second = (QuantizedStatefulProjection)output.Node.Layer;
        int channels = context.Input(input).Shape.Channels;
        int states = first.Units;
        AkidaVariables variables = [];
        variables.Add("in_proj", RecordedIntegers.Weights(context, input, "weight_quantizer", channels, states));
        RecordedIntegers.AddShift(context, input, "input_shift", "input_shift", channels, variables);
        AddStates(context, recurrence, states, variables);
        variables.Add("out_proj", RecordedIntegers.Weights(context, output, "weight_quantizer", states, second.Units));
        RecordedIntegers.AddBias(context, output, second.Units, variables);
        AkidaStatefulRecurrent converted = new AkidaStatefulRecurrent
        {
            Name = second.Name,
            Inbounds = inbounds,
            StatefulChannels = states,
            OutputChannels = second.Units,
            Subsample = second.Subsample,
        }.Complete(context, block, Buffer(output), second.Units, variables);
        bool isWide = BlockActivation.In(block) is not null || second.UseBias;
        return block.OutputQuantizer is null && isWide ? converted with { OutputBits = AkidaStatefulRecurrent.RecurrenceBits } : converted;
    }

    private static (PlanStep<Node> Input, PlanStep<Node> Recurrence, PlanStep<Node> Token, PlanStep<Node> Output) Parts(Block block) =>
        (block.Matched[0], block.Matched[1], block.Matched[2], block.Matched[3]);

    private static void CheckStates(ConversionContext context, PlanStep<Node> recurrence, PlanStep<Node> token)
    {
        var layer = (QuantizedStatefulRecurrent)recurrence.Node.Layer;
        int buffer = new QuantizerSettings(layer.Name, layer.Settings, QuantizedStatefulRecurrent.FactorQuantizer).BufferBitwidth;
        if (layer.OutputQuantizer!.Bitwidth != AkidaStatefulRecurrent.StateBits || buffer != AkidaStatefulRecurrent.RecurrenceBits)
        {
            throw context.Error(
                "AkidaRecurrentBits",
                recurrence,
                $"its states have {layer.OutputQuantizer.Bitwidth} bits and its buffer {buffer}, and Akida has {AkidaStatefulRecurrent.StateBits} and {AkidaStatefulRecurrent.RecurrenceBits}. Quantize it with these.");
        }

        TokenSelection selection = ((QuantizedExtractToken)token.Node.Layer).Selection;
        Shape states = recurrence.Prepared.Output.Shape;
        if (!selection.RemovesAxis || selection.Tokens[0] != 0 || selection.AxisOf(states) != states.Rank - 1)
        {
            throw context.Error(
                "AkidaRecurrentToken",
                token,
                "it must take the real parts of the states, the token 0 of the last axis. Set token=0 and axis=-1.");
        }
    }

    private static void AddStates(ConversionContext context, PlanStep<Node> recurrence, int states, AkidaVariables variables)
    {
        var layer = (QuantizedStatefulRecurrent)recurrence.Node.Layer;
        if (recurrence.Prepared.Recorded.Tensor("new_state_scale") is { } scales)
        {
            long[] values = RecordedIntegers.Expand(scales.Values.Values, states);
            variables.Add(
                "new_state_scale",
                NdArray<byte>.Vector(RecordedIntegers.Narrow<byte>(context, recurrence, "input scale", values)));
        }

        variables.Add("new_state_shift", Shifts(context, recurrence, "new_state_shift", states));
        variables.Add("A_real", Factors(context, recurrence, layer.RealIntegers));
        variables.Add("A_imag", Factors(context, recurrence, layer.ImaginaryIntegers));
        variables.Add("internal_state_outputs_shift", Shifts(context, recurrence, "out_quantizer/shift", states));
    }

    private static NdArray<short> Factors(ConversionContext context, PlanStep<Node> recurrence, NdArray<int> values) =>
        NdArray<short>.Vector(RecordedIntegers.Narrow<short>(
            context, recurrence, QuantizedStatefulRecurrent.FactorQuantizer, Array.ConvertAll(values.Values, value => (long)value)));

    private static NdArray<sbyte> Shifts(ConversionContext context, PlanStep<Node> recurrence, string recorded, int states)
    {
        int[] shifts = RecordedIntegers.Expand(recurrence.Prepared.Recorded.Integers(recorded)!.Values, states);
        return NdArray<sbyte>.Vector(
            RecordedIntegers.Narrow<sbyte>(context, recurrence, recorded, Array.ConvertAll(shifts, shift => (long)shift)));
    }

    private static int Buffer(PlanStep<Node> projection) => Settings(projection).BufferBitwidth;

    private static int WeightBits(PlanStep<Node> projection) => Settings(projection).Weights().Bitwidth;

    private static QuantizerSettings Settings(PlanStep<Node> projection) =>
        QuantizerSettings.OfKernel(projection.Node.Name, ((QuantizedLayer)projection.Node.Layer).Settings);
}
