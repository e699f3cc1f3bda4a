using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>Parts of tensors, in float: <c>x[:, 1:3]</c> and the like.</summary>
public sealed class SlicingOpLambdaTests
{
    private static readonly object Dots = new Dictionary<string, object?> { ["class_name"] = "__ellipsis__" };

    private static readonly float[] Values = [.. Enumerable.Range(0, 12).Select(value => (float)value)];

    /// <summary>The input is (2, 3, 2): the value at (i, j, k) is 6 i + 2 j + k.</summary>
    public static TheoryData<string, object?[], int[], float[]> Slices => new()
    {
        { "channels", [Range(), Range(), Range(), Range(1, 2)], [2, 3, 1], [1, 3, 5, 7, 9, 11] },
        { "dots", [Dots, Range(0, 1)], [2, 3, 1], [0, 2, 4, 6, 8, 10] },
        { "an index drops its axis", [Range(), 1L], [3, 2], [6, 7, 8, 9, 10, 11] },
        { "from behind", [Dots, -1L, Range()], [2, 2], [4, 5, 10, 11] },
        { "a range of rows", [Range(), Range(), Range(1)], [2, 2, 2], [2, 3, 4, 5, 8, 9, 10, 11] },
        { "a step", [Range(), Range(), Range(step: 2)], [2, 2, 2], [0, 1, 4, 5, 6, 7, 10, 11] },
        { "a step backwards", [Range(), Range(), Range(step: -1), Range(0, 1)], [2, 3, 1], [4, 2, 0, 10, 8, 6] },
        { "backwards down to one", [Range(), Range(), Range(9, 0, -1)], [2, 2, 2], [4, 5, 2, 3, 10, 11, 8, 9] },
        { "bounds beyond the axis", [Range(), Range(-9, 9), Range(-2, 7)], [2, 2, 2], [2, 3, 4, 5, 8, 9, 10, 11] },
        { "a new axis", [Range(), 0L, null, Range(2)], [1, 1, 2], [4, 5] },
        { "nothing but the batch", [Range(0)], [2, 3, 2], Values },
    };

    [Theory]
    [MemberData(nameof(Slices))]
    public void A_slice_takes_what_Python_takes(string name, object?[] slices, int[] shape, float[] expected)
    {
        Assert.NotEmpty(name);
        TFOpLambda layer = Of(slices);
        Assert.IsType<SlicingOpLambda>(layer);
        Assert.Equal(new Shape(shape), LayerRun.ShapeOver(layer, 2, 3, 2));
        Assert.Equal(expected, LayerRun.Of(layer, new Shape(2, 3, 2), Values));
    }

    [Fact]
    public void Channels_of_a_tensor_of_any_rank()
    {
        Assert.Equal([1, 2], LayerRun.Of(SlicingOpLambda.OfChannels("s", 1, 1, 3), new Shape(4), 0, 1, 2, 3));
        Assert.Equal([2, 5], LayerRun.Of(SlicingOpLambda.OfChannels("s", 3, 2, 3), new Shape(1, 2, 3), 0, 1, 2, 3, 4, 5));
    }

    [Fact]
    public void Slices_that_do_not_fit_are_refused()
    {
        FloatSpec input = new(new Shape(2, 3));
        LayerRun.RefusesIntegers(Of(Range(), Range(0, 1)), 2, 3);
        LayerRun.Refuses("LayerInputMismatch", "the index 2 of the axis 1, which has 2", Of(Range(), 2L), input);
        LayerRun.Refuses("LayerInputMismatch", "it takes nothing of the axis 2", Of(Range(), Range(), Range(3)), input);
        LayerRun.Refuses("LayerInputMismatch", "slices of 4 axes, but its input has 3", Of(Range(), Range(), Range(), 0L), input);
        LayerRun.Refuses("OperatorNotSupported", "slice_spec: [{start: 1", Of(Range(1)), input);
        LayerRun.Refuses("OperatorNotSupported", "slice_spec: [0]", Of(0L), input);
        LayerRun.Refuses("OperatorNotSupported", "slice_spec", Of(Dots, Dots), input);
        LayerRun.Refuses("OperatorNotSupported", "slice_spec", Of(Range(), Range(step: 0)), input);
        LayerRun.Refuses("OperatorNotSupported", "slice_spec", Of(Range(), 1.5), input);
        StoredLayer.Refuses("SlicingOpLambda", "call", "the arguments of a call", ("function", "__operators__.getitem"));
        Assert.Equal("OperatorNotSupported", Assert.Throws<QuantException>(() => LayerClasses.Read(
            "SlicingOpLambda",
            new LayerArguments("s", new Dictionary<string, object?> { ["function"] = "nn.relu", ["call"] = Of(Dots).Call }))).Id);
    }

    [Fact]
    public void Slices_are_left_in_float()
    {
        Model model = new Graph(2, 3).Add(Of(Dots, Range(0, 2))).Build();
        Assert.Same(model, Outputs.Rewrite<AkidaQuant.Transforms.ReplaceOperators>(model));
        Assert.Contains("no quantized form", Of(Dots).QuantizationObstacle, StringComparison.Ordinal);
    }

    /// <summary>The form in which tf_keras stores <c>x[..., 1:2]</c>: a dictionary for each slice, one that names itself for the dots.</summary>
    [Fact]
    public void Slices_are_stored_as_Keras_stores_them()
    {
        string json = KerasConfigWriter.ToHdf5Json(new Graph(2, 3).Add(Of(Dots, Range(1, 2))).Build());
        Assert.Contains(
            "{\"class_name\": \"SlicingOpLambda\", \"config\": {\"name\": \"s\", \"trainable\": true, \"dtype\": \"float32\", \"function\": \"__operators__.getitem\"}, \"name\": \"s\", "
                + "\"inbound_nodes\": [[\"in\", 0, 0, {\"slice_spec\": [{\"class_name\": \"__ellipsis__\"}, {\"start\": 1, \"stop\": 2, \"step\": null}]}]]}",
            json,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    [InlineData(".yaml")]
    public void Slices_and_turned_axes_are_written_and_read_back(string extension)
    {
        Model model = new Graph(4, 4, 3)
            .Add(Of(Range(), Range(1, 3), 2L))
            .Add(Operators.Call("turn", "reverse", ("axis", new List<object?> { 1L })))
            .Build();
        Outputs.AssertReadBack(model, extension);
        string path = Path.Combine(Directory.CreateTempSubdirectory("akidaquant-").FullName, "net" + extension);
        ModelWriter.Write(model, path);
        Model read = ModelReader.Read(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Assert.IsType<SlicingOpLambda>(read["s"].Layer);
        float[] values = [.. Enumerable.Range(0, 48).Select(value => (float)value)];
        Assert.Equal(Outputs.Of(model, values)[0], Outputs.Of(read, values)[0]);
        Assert.Equal([30, 31, 32, 18, 19, 20], Outputs.Of(read, values)[0]);
    }

    private static TFOpLambda Of(params object?[] slices) =>
        Operators.Call("s", "__operators__.getitem", ("slice_spec", slices));

    private static Dictionary<string, object?> Range(long? start = null, long? stop = null, long? step = null) =>
        new() { ["start"] = start, ["stop"] = stop, ["step"] = step };
}
