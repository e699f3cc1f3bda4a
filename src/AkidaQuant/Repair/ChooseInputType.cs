using AkidaQuant.Akida.Conversion;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Has an input of floats quantized to int8 where no layer takes up the zero point of unsigned bytes, or a border would have to hold it
/// (convert.md 3.4): a network without one needs neither.
/// </summary>
internal sealed class ChooseInputType : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        ConversionProblem? problem = context.AnyProblem(
            "ZeroPointNotPossible", "AkidaPaddingValueInside", "AkidaPaddingValueRange", "AkidaInputShift", "AkidaInputUnsigned");
        if (problem is null || !CanChoose(model, context))
        {
            return model;
        }

        QuantizationParams scheme = context.Scheme(model) with { InputType = IntegerType.Int8 };
        GraphEditor editor = new(model);
        editor.Replace(model.Input with { Scheme = scheme });
        context.Changed(
            problem,
            model.Input.Name,
            "is quantized to int8 where no other type is asked for: signed inputs have no zero point");
        return editor.Build();
    }

    /// <summary>Whether floats are quantized to an unsigned type that nobody asked for.</summary>
    public static bool CanChoose(Model model, RepairContext context) =>
        context.Version == AkidaVersion.V2
        && model.Input.Type is null
        && context.MayChooseScheme
        && !context.Scheme(model).InputType.IsSigned();
}
