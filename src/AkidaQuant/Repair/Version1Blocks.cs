using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>Goes through a chain from its input, and knows at each layer what the block that is open there still takes.</summary>
internal sealed class Version1Blocks(Model model, RepairContext context)
{
    private readonly GraphEditor _editor = new(model);
    private Place _place = Place.Input;

    /// <summary>The linear layer of the block that is open, and the last layer of the block.</summary>
    private string _linear = string.Empty;
    private string _last = string.Empty;

    /// <summary>Whether the open block gives nothing below 0, so that a rectifier behind it changes nothing.</summary>
    private bool _isNeverNegative;

    /// <summary>What the layers so far are: how a block begins, goes on and is closed by a rectifier.</summary>
    private enum Place
    {
        Input,
        FirstImage,
        Image,
        Row,
        Pooled,
        Averaged,
        Closed,
    }

    /// <summary>The network in blocks of Akida 1.0; null where a layer has no such form.</summary>
    public Model? Mend(IReadOnlyList<Node> chain) => chain.All(Pass) && End() ? _editor.Build() : null;

    private bool Pass(Node node)
    {
        switch (node.Layer)
        {
            case InputLayer or Dropout:
                return true;
            case Rescaling:
                return _place == Place.Input;
            case Flatten or Reshape:
                return _place != Place.Input;
            case Conv2D { Groups: 1 } or SeparableConv2D or Dense:
                return Open(node);
            case MaxPooling2D:
                return Pool(node);
            case GlobalAveragePooling2D:
                return Average(node);
            case ReLU { NegativeSlope: 0, Threshold: 0 }:
                return Rectify(node);
            default:
                return false;
        }
    }

    private bool Open(Node node)
    {
        if (_place == Place.Input)
        {
            _place = Place.FirstImage;
            _isNeverNegative = false;
        }
        else
        {
            bool takesBothSigns = _place != Place.Closed && !_isNeverNegative;
            if (_place != Place.Closed && !Close(node))
            {
                return false;
            }

            _place = node.Layer is Dense ? Place.Row : Place.Image;
            _isNeverNegative = !takesBothSigns && node.Layer.Variables.All(variable => variable.Value.Values.All(weight => weight >= 0));
        }

        (_linear, _last) = (node.Name, node.Name);
        return true;
    }

    private bool Pool(Node node)
    {
        if (_place == Place.Closed)
        {
            InsertIdentity(node);
        }
        else if (_place is not (Place.FirstImage or Place.Image))
        {
            return false;
        }

        (_place, _last) = (Place.Pooled, node.Name);
        return true;
    }

    private bool Average(Node node)
    {
        if (_place == Place.Closed)
        {
            InsertIdentity(node);
        }
        else if (_place != Place.Image)
        {
            return false;
        }

        (_place, _last) = (Place.Averaged, node.Name);
        return true;
    }

    private bool Rectify(Node node)
    {
        if (_place == Place.Input)
        {
            return false;
        }

        if (_place == Place.Closed)
        {
            InsertIdentity(node);
        }

        (_place, _last) = (Place.Closed, node.Name);
        return true;
    }

    /// <summary>Gives the open block a rectifier, in front of a linear layer.</summary>
    private bool Close(Node next)
    {
        string name = _editor.FreeName($"{_last}_relu");
        if (_isNeverNegative)
        {
            _editor.InsertAfter(_last, new ReLU { Name = name });
            Changed(_last, $"is followed by the rectifier '{name}', since its values are never negative", name);
            return true;
        }

        Layer linear = _editor[_linear].Layer;
        if (_place == Place.Pooled || !TwoSigns.CanGive(linear) || !TwoSigns.CanTake(next.Layer))
        {
            return false;
        }

        _editor.Replace(TwoSigns.Give(linear));
        _editor.InsertAfter(_last, new ReLU { Name = name });
        _editor.Replace(TwoSigns.Take(_editor[next.Name].Layer, model.Plan[_linear].Prepared.Output.Shape.Channels));
        Changed(
            _linear,
            $"gives its outputs and their negatives, so that the new rectifier '{name}' leaves both signs, of which '{next.Name}' takes the difference",
            name,
            next.Name);
        return true;
    }

    /// <summary>Levels of a rectifier are no outputs of a network: an identity behind it gives potentials.</summary>
    private bool End()
    {
        if (_place == Place.Pooled && !_isNeverNegative)
        {
            return false;
        }

        if (_place == Place.Pooled)
        {
            string name = _editor.FreeName($"{_last}_relu");
            _editor.InsertAfter(_last, new ReLU { Name = name }, moveOutputs: true);
            Changed(_last, $"is followed by the rectifier '{name}', since its values are never negative", name);
            (_place, _last) = (Place.Closed, name);
        }

        if (_place == Place.Closed)
        {
            Layer identity = Identity(_last, model.Find(_last) is null ? _editor[_last].Inputs[0] : _last);
            _editor.InsertAfter(_last, identity, moveOutputs: true);
            Changed(
                _last,
                $"is followed by the identity '{identity.Name}', because the last layer of Akida 1.0 that is no rectifier gives the outputs",
                identity.Name);
        }

        return true;
    }

    private void InsertIdentity(Node node)
    {
        Layer identity = Identity(node.Name, node.Inputs[0]);
        _editor.InsertBefore(node.Name, 0, identity);
        Changed(
            node.Name,
            $"gets the identity '{identity.Name}' in front, because Akida 1.0 has it behind a layer with weights only",
            identity.Name);
        _linear = identity.Name;
        _isNeverNegative = true;
    }

    private Layer Identity(string name, string source)
    {
        Shape shape = model.Plan[source].Prepared.Output.Shape;
        return shape.Rank == 3
            ? IdentityConvolution.Create(_editor.FreeName(name + IdentityConvolution.Suffix), shape.Channels)
            : IdentityConvolution.CreateDense(_editor.FreeName($"{name}_identity"), shape.Channels);
    }

    private void Changed(string layer, string action, params string[] touched) =>
        context.Changed(
            context.BlockProblem(layer, RectifyBlocks.Rules) ?? context.AnyProblem(RectifyBlocks.Rules)!, layer, action, touched);
}
