using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// What a layer over images in time becomes in a network that takes the images one by one (transforms.md 4.4): a
/// layer of single steps, nothing, or an obstacle.
/// </summary>
internal sealed record StepForm
{
    /// <summary>The layer; null when there is none to be.</summary>
    public Layer? Layer { get; private init; }

    /// <summary>Why there is no such form, as the end of a sentence about the layer; null when there is one.</summary>
    public string? Obstacle { get; private init; }

    /// <summary>The form of a layer of a model whose samples have an axis of time in front.</summary>
    public static StepForm Of(Model model, Node node)
    {
        Shape input = node.Inputs.Count == 0 ? model.InputShape : Output(model, node.Inputs[0]);
        return node.Layer switch
        {
            InputLayer layer => To(layer with { Shape = WithoutTime(layer.Shape) }),
            PleiadesLayer layer => OfConvolution(model, node, layer.ToConv3D()),
            Conv3D layer => OfConvolution(model, node, layer),
            ZeroPadding3D layer => OfPadding(model, node, layer),
            AveragePooling3D layer => OfPooling(layer, input),
            ActivityRegularization => new StepForm(),
            BatchNormalization layer => layer.Axis == 1 || layer.Axis == -input.Rank
                ? Not("it normalizes each step of time")
                : To(
                    layer with
                    {
                        Axis =
                            layer.Axis == input.Rank ? -1
                            : layer.Axis > 0 ? layer.Axis - 1
                            : layer.Axis,
                    }),
            Reshape layer => input.Rank < 2 || layer.TargetShape.Rank < 2 || Output(model, node.Name)[0] != input[0]
                ? Not("it reshapes the axis of time")
                : To(layer with { TargetShape = WithoutTime(layer.TargetShape) }),
            Permute layer => layer.Dims[0] != 1 ? Not("it moves the axis of time")
                : To(layer with { Dims = [.. layer.Dims.Skip(1).Select(axis => axis - 1)] }),
            PReLU layer => layer.Alpha.Shape[0] != 1 ? Not("it has slopes for each step of time")
                : To(layer with
                {
                    Alpha = layer.Alpha with { Shape = WithoutTime(layer.Alpha.Shape) },
                    SharedAxes = [.. layer.SharedAxes.Where(axis => axis > 1).Select(axis => axis - 1)],
                }),
            Add or Multiply when Output(model, node.Inputs[0]) != Output(model, node.Inputs[1]) => Not("its inputs differ in shape"),
            Concatenate layer => layer.Axis != -1 && layer.Axis != input.Rank
                ? Not("it joins other axes than channels")
                : To(layer with { Axis = -1 }),
            Dense or Add or Multiply or LeakyReLU or ELU or ThresholdedReLU or Activation or Softmax or Rescaling or Dropout
                or { IsActivation: true } => To(node.Layer),
            _ => Not("it may mix steps of time"),
        };
    }

    private static StepForm To(Layer layer) => new() { Layer = layer };

    private static StepForm Not(string why) => new() { Obstacle = why };

    private static Shape Output(Model model, string name) => model.Plan[name].Prepared.Output.Shape;

    private static Shape WithoutTime(Shape shape) => new(shape.ToArray()[1..]);

    private static StepForm OfConvolution(Model model, Node node, Conv3D layer)
    {
        VolumeWindow window = layer.Window;
        int channels = layer.Kernel.Shape[3];
        if (window.Strides.Time != 1)
        {
            return Not("it leaves out steps of time");
        }

        if (window.KernelSize.Time == 1)
        {
            return To(new Conv2D
            {
                Name = layer.Name,
                Activation = layer.Activation,
                Filters = layer.Filters,
                Window = window.Image,
                Groups = layer.Groups,
                UseBias = layer.UseBias,
                Bias = layer.Bias,
                Kernel = layer.Kernel with { Shape = WithoutTime(layer.Kernel.Shape) },
            });
        }

        if (!IsTemporal(layer) || !IsCausal(model.NodeOf(node.Inputs[0]), layer))
        {
            return Not("its kernel spans time and not just that, or no padding of zeros before the first step goes with it");
        }

        int steps = window.KernelSize.Time;
        return layer.Groups == 1
            ? To(new BufferTempConv
            {
                Name = layer.Name,
                Activation = layer.Activation,
                Filters = layer.Filters,
                KernelSize = steps,
                UseBias = layer.UseBias,
                Bias = layer.Bias,
                Kernel = layer.Kernel with { Shape = new Shape(1, 1, steps * channels, layer.Filters) },
            })
            : channels == 1 && layer.Groups == layer.Filters
            ? To(new DepthwiseBufferTempConv
            {
                Name = layer.Name,
                Activation = layer.Activation,
                KernelSize = steps,
                UseBias = layer.UseBias,
                Bias = layer.Bias,
                Kernel = layer.Kernel with { Shape = new Shape(steps, layer.Filters) },
            })
            : Not("its groups are neither one nor one a channel");
    }

    private static bool IsTemporal(Conv3D layer) =>
        layer.Window is { KernelSize: { Time: > 1, Height: 1, Width: 1 }, Padding: Padding.Valid } window
        && window.Strides == (1, 1, 1) && window.Dilation == (1, 1, 1);

    /// <summary>Whether what comes before a temporal convolution is just the zeros that its memory starts with.</summary>
    private static bool IsCausal(Node producer, Conv3D layer) =>
        producer.Layer is ZeroPadding3D padding
        && padding.Steps == (layer.Window.KernelSize.Time - 1, 0) && padding.Rows == (0, 0) && padding.Columns == (0, 0);

    private static StepForm OfPadding(Model model, Node node, ZeroPadding3D layer)
    {
        if (layer.Steps == (0, 0))
        {
            return layer.Rows == (0, 0) && layer.Columns == (0, 0)
                ? new StepForm()
                : To(new ZeroPadding2D { Name = layer.Name, Rows = layer.Rows, Columns = layer.Columns });
        }

        return
            !model.Outputs.Contains(node.Name)
            && model
                .Consumers(node.Name)
                .All(consumer => Convolution(consumer.Layer) is { } next && IsTemporal(next) && IsCausal(node, next))
            ? new StepForm()
            : Not("it adds steps of time that are not the memory of a temporal convolution");
    }

    private static Conv3D? Convolution(Layer layer) => layer is PleiadesLayer pleiades ? pleiades.ToConv3D() : layer as Conv3D;

    private static StepForm OfPooling(AveragePooling3D layer, Shape input)
    {
        VolumeWindow window = layer.Window;
        return window.KernelSize.Time != 1 || window.Strides.Time != 1 ? Not("it pools over time")
            : window.Padding == Padding.Valid && window.KernelSize == window.Strides && window.KernelSize == (1, input[1], input[2])
            ? To(new GlobalAveragePooling2D { Name = layer.Name })
            : To(new AveragePooling2D { Name = layer.Name, Window = window.Image });
    }
}
