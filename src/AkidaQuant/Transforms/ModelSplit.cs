using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes two models of one: what a layer needs with the layer itself, and what follows. One tensor goes from the first to the second, so
/// that the second run on what the first gives is the whole network.
/// </summary>
public static class ModelSplit
{
    /// <summary>The two models, in order.</summary>
    /// <param name="model">
    /// The model, float or quantized. Of a quantized one floats cross, from which the second makes the same integers.
    /// </param>
    /// <param name="layer">The last layer of the first model.</param>
    /// <exception cref="QuantException">
    /// <c>SplitLayerUnknown</c>, <c>SplitShapeUnknown</c>, <c>SplitNothingLeft</c>; <c>SplitSeveralTensors</c>: more than one tensor would
    /// cross; or <c>SplitIntegersWide</c>: the layer gives sums that no quantizer has reduced.
    /// </exception>
    public static (Model First, Model Second) After(Model model, string layer)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Find(layer) is null)
        {
            throw new QuantException(
                "SplitLayerUnknown",
                QuantErrorKind.NotFound,
                $"The model '{model.Name}' has no layer '{layer}' to split after. Its layers are: {Listing.Of(model.Layers.Select(known => known.Name), layer)}.",
                layer);
        }

        if (!model.InputShape.IsKnown)
        {
            throw new QuantException(
                "SplitShapeUnknown",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' leaves the shape of its input {model.InputShape} open, so that the input of the second part is not known. Import it with the shape of its samples.",
                model);
        }

        ModelCut cut = ModelCut.Behind(model, layer);
        return cut.IsClean ? Split(model, cut) : throw NotClean(model, cut);
    }

    private static (Model First, Model Second) Split(Model model, ModelCut cut)
    {
        string name = cut.Layer.Name;
        TensorSpec tensor = model.Plan[name].Prepared.Output;
        List<Node> front = [.. cut.Front];
        List<Node> back = [new Node(new InputLayer { Name = name, Shape = tensor.Shape, IsFromOnnx = model.Input.IsFromOnnx }, [])];
        string output = name;
        bool isSequential = model.IsSequential;
        if (tensor is QuantizedSpec integers)
        {
            InputQuantizer quantizer = Quantizer(model, cut, integers);
            output = new LayerNames().Next("dequantizer", taken => model.Find(taken) is not null);
            isSequential = false;
            front.Add(new Node(new Dequantizer { Name = output }, [name]));
            back.Add(new Node(quantizer, [name]));
            back.AddRange(cut.Back.Select(node => node with
            {
                Inputs = [.. node.Inputs.Select(input => input == name ? quantizer.Name : input)],
            }));
        }
        else
        {
            back.AddRange(cut.Back);
        }

        return (
            Model.Create($"{model.Name}_1", isSequential, front, [output]).WithRanges(model.Ranges),
            Model.Create($"{model.Name}_2", isSequential, back, model.Outputs).WithRanges(model.Ranges));
    }

    /// <summary>The quantizer that makes of the values of some integers these integers.</summary>
    private static InputQuantizer Quantizer(Model model, ModelCut cut, QuantizedSpec integers)
    {
        string name = new LayerNames().Next("input_quantizer", taken => model.Find(taken) is not null);
        return InputQuantizer.Giving(name, integers)
            ?? throw new QuantException(
                "SplitIntegersWide",
                QuantErrorKind.NotSupported,
                $"Layer '{cut.Layer.Name}' ({cut.Layer.Layer.ClassName}) of the model '{model.Name}' gives sums of {integers.Bits} bits, which no quantizer reduces to {InputQuantizer.MostHandedBits} bits or fewer before they cross. Split after one of these: {Listing.Of(Places(model), cut.Layer.Name)}.",
                cut.Layer.Name);
    }

    /// <summary>The layers behind which a split works, of which people may want one.</summary>
    private static IEnumerable<string> Places(Model model) => ModelCut.Places(model).Where(name =>
        model.Plan[name].Prepared.Output is FloatSpec or QuantizedSpec { Scales: null, Bits: <= InputQuantizer.MostHandedBits });

    private static QuantException NotClean(Model model, ModelCut cut)
    {
        string name = cut.Layer.Name;
        string places = $"Split after one of these: {Listing.Of(Places(model), name)}.";
        return cut.Front.Count < 2 || cut.Back.Count == 0
            ? new QuantException(
                "SplitNothingLeft",
                QuantErrorKind.InvalidArgument,
                $"Nothing of the model '{model.Name}' is {(cut.Back.Count == 0 ? "behind" : "in front of")} its layer '{name}'. {places}",
                name)
            : new QuantException(
                "SplitSeveralTensors",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' cannot be split after '{name}', because more than one tensor would cross, the outputs of {Listing.Of(cut.Crossing.Select(crossing => $"'{crossing}'"))}. {places}",
                name);
    }
}
