using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>What layer classes say of their arguments, with no list to keep beside them.</summary>
public sealed class LayerSignatureTests
{
    public static TheoryData<string> Classes => [.. LayerClasses.Names];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Every_class_tells_its_arguments(string className)
    {
        LayerSignature signature = LayerClasses.Signature(className)!;
        Assert.Equal(className, signature.ClassName);
        Assert.Equal(signature.Arguments.Count, signature.Arguments.DistinctBy(argument => argument.Name).Count());
        if (className is nameof(TFOpLambda) or nameof(SlicingOpLambda))
        {
            return;
        }

        // A layer of nothing but what has no default takes all others at their defaults.
        Layer layer = Read(signature);
        Assert.Equal(layer.Arguments.Select(argument => argument.Key).Order(), signature.Arguments
            .Select(argument => argument.Name)
            .Where(name => layer.Arguments.Any(argument => argument.Key == name))
            .Order());
        foreach (LayerArgument argument in signature.Arguments.Where(argument => argument.IsRequired))
        {
            QuantException error = Assert.Throws<QuantException>(() => Read(signature, without: argument.Name));
            Assert.Contains(
                argument.Kind == LayerArgumentKind.Settings ? "output_quantizer" : argument.Name, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Conv2D", "filters, kernel_size")]
    [InlineData("QuantizedConv2D", "filters, kernel_size")]
    [InlineData("Dense", "units")]
    [InlineData("Rescaling", "scale")]
    [InlineData("Reshape", "target_shape")]
    [InlineData("PleiadesLayer", "filters, kernel_size, degrees")]
    [InlineData("TFOpLambda", "function, call")]
    [InlineData("Custom>Activation", "activation")]
    [InlineData("ReLU", "")]
    [InlineData("Flatten", "")]
    public void What_has_no_default_is_required(string name, string required) =>
        Assert.Equal(
            required,
            string.Join(
                ", ", LayerClasses.Signature(name)!.Arguments.Where(argument => argument.IsRequired).Select(argument => argument.Name)));

    [Fact]
    public void Arguments_have_kinds_defaults_and_choices()
    {
        LayerArgument Of(string name) => LayerClasses.Signature("Conv2D")!.Arguments.Single(argument => argument.Name == name);
        Assert.Equal((LayerArgumentKind.Integer, null), (Of("filters").Kind, Of("filters").Default));
        Assert.Equal(LayerArgumentKind.Integers, Of("strides").Kind);
        Assert.Equal((LayerArgumentKind.Text, "valid"), (Of("padding").Kind, Of("padding").Default));
        Assert.Equal(["valid", "same"], Of("padding").Choices);
        Assert.Contains("softmax", Of("activation").Choices);
        Assert.Equal((LayerArgumentKind.Boolean, true), (Of("use_bias").Kind, Of("use_bias").Default));
        Assert.Equal(LayerArgumentKind.Initializer, Of("kernel_initializer").Kind);
        Assert.Equal(
            LayerArgumentKind.Settings,
            LayerClasses.Signature("QuantizedReLU")!.Arguments.Single(argument => argument.Name == "quant_config").Kind);
    }

    [Fact]
    public void Names_go_without_Custom_where_Keras_has_no_such_class()
    {
        Assert.Equal("Custom>QuantizedConv2D", LayerClasses.Resolve("QuantizedConv2D"));
        Assert.Equal("Add", LayerClasses.Resolve("Add"));
        Assert.Equal("Custom>Add", LayerClasses.ShortNameOf("Custom>Add"));
        Assert.Equal("QuantizedAdd", LayerClasses.ShortNameOf("Custom>QuantizedAdd"));
        Assert.Null(LayerClasses.Resolve("Conv2d"));
        Assert.Null(LayerClasses.Signature("Conv2d"));
        Assert.Equal(LayerClasses.Names.Count(), LayerClasses.ShortNames.Distinct().Count());
        Assert.Equal(LayerClasses.Names.Order(), LayerClasses.ShortNames.Select(LayerClasses.Resolve).Order());
    }

    private static Layer Read(LayerSignature signature, string? without = null)
    {
        Dictionary<string, object?> arguments = signature.Arguments
            .Where(argument => argument.IsRequired && argument.Name != without)
            .ToDictionary(argument => argument.Name, Plausible);
        return LayerClasses.Read(signature.ClassName, new LayerArguments("layer", arguments))!;
    }

    private static object? Plausible(LayerArgument argument) => argument.Name switch
    {
        "target_shape" or "dims" or "batch_input_shape" => new List<object?> { 1L },
        "quant_config" => new QuantSettings { ["output_quantizer"] = new QuantSettings { ["bitwidth"] = 8, ["axis"] = "per-tensor" } },
        _ => argument.Choices.Count > 0 ? argument.Choices[0] : 1L,
    };
}
