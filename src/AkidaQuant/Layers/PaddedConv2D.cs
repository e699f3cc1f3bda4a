namespace AkidaQuant.Layers;

/// <summary>A convolution whose padding, "same" or given amounts, puts a given value around the image (layers.md 4.2).</summary>
[LayerClass("Custom>PaddedConv2D", Module = "quantizeml.layers.convolution")]
public sealed record PaddedConv2D : Conv2D
{
    /// <summary>The real value, one or one a channel; null for an ordinary convolution.</summary>
    public float[]? PaddingValue { get; init; }

    /// <inheritdoc/>
    protected override float[]? BorderValues => PaddingValue;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [.. base.Arguments, new("padding_value", PaddingValue is { } values ? LayerArguments.ListOf(values) : null)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static new PaddedConv2D Read(LayerArguments arguments) => Fill(new PaddedConv2D
    {
        Name = arguments.Name,
        Filters = arguments.Int("filters"),
        Window = ConvolutionWindow.ReadConvolution(arguments),
        PaddingValue = arguments.Numbers("padding_value") is { } values ? Array.ConvertAll(values, value => (float)value) : null,
    }, arguments);

    /// <summary>A convolution with the same weights whose border is filled with a value.</summary>
    public static PaddedConv2D From(Conv2D convolution, float[] paddingValue) => new()
    {
        Name = convolution.Name,
        StoredArguments = convolution.StoredArguments,
        Filters = convolution.Filters,
        Window = convolution.Window.ForBorderValue(),
        Groups = convolution.Groups,
        Activation = convolution.Activation,
        Kernel = convolution.Kernel,
        UseBias = convolution.UseBias,
        Bias = convolution.Bias,
        PaddingValue = paddingValue,
    };
}
