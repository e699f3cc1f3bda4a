using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The worked examples of layers.md 7.2 and 8.</summary>
public sealed class JoiningTests
{
    [Fact]
    public void A_concatenation_of_channels_keeps_the_fractional_bits_of_each()
    {
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            new QuantizedConcatenate { Name = "cat" },
            LayerRun.Fixed(new Shape(1, 2, 2), 7, [4], 100, 20, -3, 7),
            (new QuantizedSpec(new Shape(1, 2, 1), 4, ScalarOrVector<int>.Vector([2])), [5, -12]));
        Assert.Equal([100, 20, 5, -3, 7, -12], values);
        Assert.Equal((new Shape(1, 2, 3), 7, ScalarOrVector<int>.Vector([4, 4, 2])), (spec.Shape, spec.ValueBits, spec.FracBits));
    }

    [Fact]
    public void A_concatenation_along_another_axis_needs_equal_fractional_bits()
    {
        QuantizedConcatenate layer = new() { Name = "cat", Axis = 1 };
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            layer, LayerRun.Fixed(new Shape(1, 1, 2), 7, [4, 5], 1, 2), LayerRun.Fixed(new Shape(2, 1, 2), 7, [4, 5], 3, 4, 5, 6));
        Assert.Equal([1, 2, 3, 4, 5, 6], values);
        Assert.Equal((new Shape(3, 1, 2), ScalarOrVector<int>.Vector([4, 5])), (spec.Shape, spec.FracBits));
        QuantException error = Assert.Throws<QuantException>(() => LayerRun.Of(
            layer, LayerRun.Fixed(new Shape(1, 1, 2), 7, [4, 5], 1, 2), LayerRun.Fixed(new Shape(1, 1, 2), 7, [4, 4], 3, 4)));
        Assert.Equal("LayerInputMismatch", error.Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-4)]
    public void An_axis_that_inputs_do_not_have_is_refused(int axis) => Assert.Equal(
        "LayerInputMismatch",
        Assert.Throws<QuantException>(() => new Concatenate { Name = "cat", Axis = axis }.Prepare([new FloatSpec(new Shape(2, 2, 1)), new FloatSpec(new Shape(2, 2, 1))])).Id);

    [Fact]
    public void A_permutation_keeps_channels_last_when_they_have_fractional_bits_of_their_own()
    {
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            new QuantizedPermute { Name = "p", Dims = [2, 1, 3] }, LayerRun.Fixed(new Shape(1, 3, 2), 7, [3, 5], 1, 2, 3, 4, 5, 6));
        Assert.Equal([1, 2, 3, 4, 5, 6], values);
        Assert.Equal((new Shape(3, 1, 2), ScalarOrVector<int>.Vector([3, 5])), (spec.Shape, spec.FracBits));
        QuantizedPermute moves = new() { Name = "p", Dims = [3, 1, 2] };
        Assert.Equal([1, 3, 5, 2, 4, 6], LayerRun.Of(moves, LayerRun.Fixed(new Shape(1, 3, 2), 7, [3], 1, 2, 3, 4, 5, 6)).Values);
        Assert.Throws<QuantException>(() => moves.Prepare([LayerRun.Fixed(new Shape(1, 3, 2), 7, [3, 5]).Spec]));
    }

    [Fact]
    public void Tokens_are_taken_with_their_fractional_bits()
    {
        (QuantizedSpec Spec, long[] Values) input = LayerRun.Fixed(new Shape(3, 2), 7, [3, 5], 1, 2, 3, 4, 5, 6);
        (QuantizedSpec one, _, long[] first) = LayerRun.Of(Extract(-1, removes: true, 0), input);
        Assert.Equal([1, 3, 5], first);
        Assert.Equal((new Shape(3), ScalarOrVector<int>.Scalar(3)), (one.Shape, one.FracBits));
        (QuantizedSpec two, _, long[] both) = LayerRun.Of(Extract(1, removes: false, 0, 2), input);
        Assert.Equal([1, 2, 5, 6], both);
        Assert.Equal((new Shape(2, 2), ScalarOrVector<int>.Vector([3, 5])), (two.Shape, two.FracBits));
        (QuantizedSpec turned, _, long[] swapped) = LayerRun.Of(Extract(2, removes: false, 1, 0), input);
        Assert.Equal([2, 1, 4, 3, 6, 5], swapped);
        Assert.Equal(ScalarOrVector<int>.Vector([5, 3]), turned.FracBits);
        Assert.Throws<QuantException>(() => LayerRun.Of(Extract(1, removes: true, 3), input));
    }

    [Fact]
    public void Arguments_are_read_back_as_they_were_written()
    {
        TokenSelection list = new() { Tokens = [0, 2], Axis = -1 };
        AssertSame(list, TokenSelection.Read(Arguments(list.Arguments)));
        TokenSelection single = new() { Tokens = [1], RemovesAxis = true };
        AssertSame(single, TokenSelection.Read(Arguments(single.Arguments)));
        Assert.Equal([3, 1, 2], Permute.Read(Arguments(new Permute { Name = "p", Dims = [3, 1, 2] }.Arguments)).Dims);
        Assert.Equal(2, Concatenate.Read(Arguments(new Concatenate { Name = "c", Axis = 2 }.Arguments)).Axis);

        static void AssertSame(TokenSelection expected, TokenSelection actual) => Assert.Equal(
            (string.Join(',', expected.Tokens), expected.RemovesAxis, expected.Axis), (string.Join(',', actual.Tokens), actual.RemovesAxis, actual.Axis));
    }

    private static LayerArguments Arguments(IEnumerable<KeyValuePair<string, object?>> pairs) => new("layer", new Dictionary<string, object?>(pairs));

    private static QuantizedExtractToken Extract(int axis, bool removes, params int[] tokens) =>
        new() { Name = "e", Selection = new TokenSelection { Tokens = tokens, Axis = axis, RemovesAxis = removes } };
}
