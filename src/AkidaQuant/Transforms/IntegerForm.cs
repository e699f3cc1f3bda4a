using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// How a layer that has no integers becomes layers that have some and compute the same. Quantization gives these forms to networks from
/// ONNX files; for those from Keras the reference leaves the layers in float, and a repair gives them.
/// </summary>
/// <param name="Action">What is done, as the end of a sentence about the layer.</param>
/// <param name="Apply">Changes the network; gives the names of layers that were added or changed besides.</param>
internal sealed record IntegerForm(string Action, Func<GraphEditor, IReadOnlyList<string>> Apply)
{
    /// <summary>The greatest kernel that only moves an image, in cells.</summary>
    private const int MostCells = 4096;

    /// <summary>The most weights of a kernel that repeats cells by a factor that is no power of 2.</summary>
    private const long MostWeights = 1 << 22;

    /// <summary>The form of a layer; null for a layer that has none.</summary>
    public static IntegerForm? Of(Model model, Node node)
    {
        if (node.Inputs.Count == 0)
        {
            return null;
        }

        Shape input = Output(model, node.Inputs[0]);
        Shape output = Output(model, node.Name);
        return node.Layer switch
        {
            TrainingLayer or ActivityRegularization => Nothing(node),
            Resizing or RandomCrop or CenterCrop when input == output => Nothing(node),
            UpSampling2D { Interpolation: ImageCells.Nearest } layer => Repeated(node, layer.Size, input.Channels),
            Resizing { Interpolation: ImageCells.Nearest, CropToAspectRatio: false }
                when output[0] % input[0] == 0 && output[1] % input[1] == 0 =>
                Repeated(node, (output[0] / input[0], output[1] / input[1]), input.Channels),
            Cropping2D layer => Cropped(node, layer, input.Channels),
            CenterCrop layer when layer.Crop(input) is { } crop => Cropped(node, crop, input.Channels),
            GlobalMaxPooling2D layer => Pooled(node, layer, input),
            Normalization layer when layer.Affine(input) is { } affine => Rescaled(node, affine),
            Average when node.Inputs.Count == 2 && AreAlike(model, node) => new(
                "becomes an Add that halves the sum", editor => Replaced(editor, new Add { Name = node.Name, Average = true })),
            Subtract when AreAlike(model, node) && Negation(output) is { } negation => Added(model, node, negation),
            _ => null,
        };
    }

    private static Shape Output(Model model, string name) => model.Plan[name].Prepared.Output.Shape;

    private static IReadOnlyList<string> Replaced(GraphEditor editor, Layer layer)
    {
        editor.Replace(layer);
        return [];
    }

    private static IntegerForm Nothing(Node node) => new("is left out: it changes no value outside of training", editor =>
    {
        editor.Remove(node.Name);
        return [];
    });

    /// <summary>
    /// Doublings, each a transposed convolution of ones that processors have; for other factors one transposed convolution, which only
    /// has integers.
    /// </summary>
    private static IntegerForm? Repeated(Node node, (int Height, int Width) factor, int channels)
    {
        if (factor == (1, 1))
        {
            return Nothing(node);
        }

        if (factor.Height == factor.Width && int.IsPow2(factor.Height))
        {
            return new IntegerForm("becomes a DepthwiseConv2DTranspose of ones for each doubling", editor =>
            {
                List<string> added = [];
                for (int done = 2; done < factor.Height; done *= 2)
                {
                    string name = editor.FreeName($"{node.Name}_doubled");
                    editor.InsertBefore(node.Name, 0, DepthwiseConv2DTranspose.Doubling(name, channels));
                    added.Add(name);
                }

                editor.Replace(DepthwiseConv2DTranspose.Doubling(node.Name, channels));
                return added;
            });
        }

        return (long)factor.Height * factor.Width * channels * channels > MostWeights ? null : new IntegerForm(
            "becomes a Conv2DTranspose of ones", editor => Replaced(editor, Repetition(node.Name, factor, channels)));
    }

    private static Conv2DTranspose Repetition(string name, (int Height, int Width) factor, int channels)
    {
        int cell = channels * channels;
        float[] kernel = new float[factor.Height * factor.Width * cell];
        for (int start = 0; start < kernel.Length; start += cell)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                kernel[start + (channel * (channels + 1))] = 1;
            }
        }

        return new Conv2DTranspose
        {
            Name = name,
            Filters = channels,
            Window = new TransposedWindow { Forward = new ConvolutionWindow { KernelSize = factor, Strides = factor } },
            Kernel = new NdArray<float>(new Shape(factor.Height, factor.Width, channels, channels), kernel),
            UseBias = false,
        };
    }

    /// <summary>A kernel of a single one, which takes each value from as far as the border is wide.</summary>
    private static IntegerForm? Cropped(Node node, Cropping2D crop, int channels)
    {
        (int rows, int columns) = (crop.Rows.Before + crop.Rows.After + 1, crop.Columns.Before + crop.Columns.After + 1);
        if ((long)rows * columns > MostCells)
        {
            return null;
        }

        return new IntegerForm("becomes a DepthwiseConv2D that takes each value from its place", editor =>
        {
            float[] kernel = new float[rows * columns * channels];
            kernel.AsSpan(((crop.Rows.Before * columns) + crop.Columns.Before) * channels, channels).Fill(1);
            return Replaced(editor, new DepthwiseConv2D
            {
                Name = node.Name,
                Window = new ConvolutionWindow { KernelSize = (rows, columns) },
                Kernel = new NdArray<float>(new Shape(rows, columns, channels, 1), kernel),
                UseBias = false,
            });
        });
    }

    private static IntegerForm Pooled(Node node, GlobalMaxPooling2D pool, Shape input) => new(
        "becomes a MaxPooling2D of the whole image", editor => Pool(editor, node.Name, pool.KeepDims, (input[0], input[1])));

    private static IReadOnlyList<string> Pool(GraphEditor editor, string name, bool keepDims, (int Height, int Width) size)
    {
        editor.Replace(new MaxPooling2D { Name = name, Window = new ConvolutionWindow { KernelSize = size, Strides = size } });
        if (keepDims)
        {
            return [];
        }

        string row = editor.FreeName($"{name}_row");
        editor.InsertAfter(name, new Flatten { Name = row }, moveOutputs: true);
        return [row];
    }

    private static IntegerForm Rescaled(Node node, (double[] Factors, double[] Offsets) affine) => new(
        "becomes a Rescaling, which kernels behind it take up",
        editor => Replaced(editor, new Rescaling
        {
            Name = node.Name,
            Scale = One(affine.Factors),
            Offset = One(affine.Offsets),
        }));

    /// <summary>One value where all are the same, which quantization folds more often.</summary>
    private static double[] One(double[] values) => Array.TrueForAll(values, value => value == values[0]) ? values[..1] : values;

    private static bool AreAlike(Model model, Node node) => Output(model, node.Inputs[0]) == Output(model, node.Inputs[1]);

    /// <summary>The kernel that changes signs; null for tensors that have none.</summary>
    private static Func<string, WeightedLayer>? Negation(Shape shape) => (shape.Rank, shape.Channels) switch
    {
        (3, <= IdentityConvolution.MostChannels) => name => Negative(IdentityConvolution.Create(name, shape.Channels)),
        (1, <= IdentityConvolution.MostChannels) => name => Negative(IdentityConvolution.CreateDense(name, shape.Channels)),
        _ => null,
    };

    private static WeightedLayer Negative(WeightedLayer layer)
    {
        int channels = layer.Variables[0].Value.Shape switch { { Rank: 2 } row => row[1], var image => image[3] };
        WeightedLayer negative = layer.ScaleOutputs([.. Enumerable.Repeat(-1f, channels)]);
        return negative.UseBias ? negative with { Bias = negative.Bias.Map(value => -value) } : negative;
    }

    /// <summary>The sum with what is subtracted in its opposite: of a kernel in front that nothing else takes, else of a new one.</summary>
    private static IntegerForm Added(Model model, Node node, Func<string, WeightedLayer> negation) => new(
        "becomes an Add, and what it subtracts gets the opposite sign", editor =>
        {
            string subtracted = node.Inputs[1];
            string changed = subtracted;
            if (editor[subtracted].Layer is WeightedLayer { Activation: ActivationFunction.Linear } kernel and (Conv2D or Dense)
                && editor.Consumers(subtracted).Count == 1 && !editor.IsOutput(subtracted))
            {
                editor.Replace(Negative(kernel));
            }
            else
            {
                changed = editor.FreeName($"{node.Name}_negative");
                editor.InsertBefore(node.Name, 1, negation(changed));
            }

            editor.Replace(new Add { Name = node.Name });
            return [changed];
        });
}
