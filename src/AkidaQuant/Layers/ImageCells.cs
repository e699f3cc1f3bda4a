using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>What layers have in common that give the cells of an image at other places.</summary>
internal static class ImageCells
{
    /// <summary>The nearest cell.</summary>
    public const string Nearest = "nearest";

    /// <summary>What lies between the four cells around.</summary>
    public const string Bilinear = "bilinear";

    /// <summary>The most rows or columns that an argument may ask for.</summary>
    public const int Most = 1 << 16;

    /// <summary>Reads a number of rows or columns.</summary>
    public static int Size(LayerArguments arguments, string key) => arguments.Int(key) is var size and > 0 and <= Most
        ? size
        : throw arguments.Wrong(key, arguments[key], $"a number from 1 to {Most}");

    /// <summary>Requires that a layer gets an image.</summary>
    /// <exception cref="QuantException">It gets something else.</exception>
    public static Shape Require(Layer layer, Shape input) => input.Rank == 3
        ? input
        : throw Mismatch(layer, $"its input must have the shape (height, width, channels), but it has {input}.");

    /// <summary>The error of a layer whose input does not fit.</summary>
    public static QuantException Mismatch(Layer layer, string problem) => new(
        "LayerInputMismatch", QuantErrorKind.InvalidData, $"Layer '{layer.Name}' ({layer.ClassName}): {problem}", layer.Name);

    /// <summary>A layer that gives some of the rows and columns of its input, as often as wanted.</summary>
    /// <param name="input">The shape of the input.</param>
    /// <param name="height">The rows of the output.</param>
    /// <param name="width">The columns of the output.</param>
    /// <param name="row">The row of the input for one of the output.</param>
    /// <param name="column">The column of the input for one of the output.</param>
    public static PreparedLayer Select(Shape input, int height, int width, Func<int, int> row, Func<int, int> column) =>
        PreparedLayer.Divided(new FloatSpec(new Shape(height, width, input.Channels)), () =>
        {
            CellSelection selection = new(
                input, [.. Enumerable.Range(0, height).Select(row)], [.. Enumerable.Range(0, width).Select(column)]);
            return (tensors, output, batch, share) =>
                selection.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        }, Work(height, width, input.Channels));

    /// <summary>A layer that gives a part of its input in another size.</summary>
    /// <param name="input">The shape of the input.</param>
    /// <param name="rows">The first row of the part, and how many.</param>
    /// <param name="columns">The first column of the part, and how many.</param>
    /// <param name="height">The rows of the output.</param>
    /// <param name="width">The columns of the output.</param>
    /// <param name="interpolation"><see cref="Nearest"/> or <see cref="Bilinear"/>.</param>
    public static PreparedLayer Resize(
        Shape input, (int Start, int Count) rows, (int Start, int Count) columns, int height, int width, string interpolation)
    {
        if (interpolation == Nearest)
        {
            return Select(input, height, width, y => Cell(rows, height, y), x => Cell(columns, width, x));
        }

        return PreparedLayer.Divided(new FloatSpec(new Shape(height, width, input.Channels)), () =>
        {
            BilinearResizing resizing = new(input, rows, columns, height, width);
            return (tensors, output, batch, share) =>
                resizing.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        }, Work(height, width, input.Channels));
    }

    /// <summary>A layer that gives its input in another size: all of it, or of its middle as much as has the proportions wanted.</summary>
    /// <param name="layer">The layer, for errors.</param>
    /// <param name="input">The shape of the input.</param>
    /// <param name="height">The rows of the output.</param>
    /// <param name="width">The columns of the output.</param>
    /// <param name="interpolation"><see cref="Nearest"/> or <see cref="Bilinear"/>.</param>
    /// <param name="crops">Whether proportions stay.</param>
    /// <exception cref="QuantException">The input is no image.</exception>
    public static PreparedLayer Resize(Layer layer, Shape input, int height, int width, string interpolation, bool crops)
    {
        Require(layer, input);
        int rows = crops ? Kept(input[0], (double)input[1] * height / width) : input[0];
        int columns = crops ? Kept(input[1], (double)input[0] * width / height) : input[1];
        return Resize(input, ((input[0] - rows) / 2, rows), ((input[1] - columns) / 2, columns), height, width, interpolation);
    }

    private static int Kept(int size, double wanted) => Math.Max(Math.Min(size, (int)wanted), 1);

    /// <summary>The cell whose center is nearest, in the float32 arithmetic of TensorFlow.</summary>
    private static int Cell((int Start, int Count) part, int size, int at) =>
        part.Start + Math.Min((int)((at + 0.5f) * (part.Count / (float)size)), part.Count - 1);

    /// <summary>The work of a sample; any where a size is not known yet.</summary>
    private static long Work(int height, int width, int channels) =>
        Math.Max((long)height * width, 1) * Math.Max(channels, 1) * Stage.WorkOfElement;
}
