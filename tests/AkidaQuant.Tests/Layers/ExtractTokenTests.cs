using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 8.</summary>
public sealed class ExtractTokenTests
{
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
            (string.Join(',', expected.Tokens), expected.RemovesAxis, expected.Axis),
            (string.Join(',', actual.Tokens), actual.RemovesAxis, actual.Axis));
    }

    [Fact]
    public void Floats_are_taken()
    {
        ExtractToken layer = new() { Name = "e", Selection = new TokenSelection { Tokens = new[] { 2, 0 } } };
        Assert.Equal([5, 6, 1, 2], LayerRun.Of(layer, new Shape(3, 2), 1, 2, 3, 4, 5, 6));
        ExtractToken one = new() { Name = "e", Selection = new TokenSelection { Tokens = new[] { 1 }, Axis = -1, RemovesAxis = true } };
        Assert.Equal([2, 4, 6], LayerRun.Of(one, new Shape(3, 2), 1, 2, 3, 4, 5, 6));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Int[1, 3], Gen.Bool).Sample(
        (given, axis, removes) =>
        {
            int last = given.Input[axis - 1] - 1;
            TokenSelection selection = new() { Tokens = removes ? [last] : [last, 0, last], Axis = axis, RemovesAxis = removes };
            LayerOracle.AssertSame(new QuantizedExtractToken { Name = "e", Selection = selection }, given.Seed, given.Integers);
        },
        iter: 100);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        ExtractToken layer = new() { Name = "e", Selection = new TokenSelection { Tokens = new[] { 0, 2 }, Axis = 2 } };
        Assert.Equal([0, 2], StoredLayer.AssertReadBack(layer).Selection.Tokens);
        Assert.Equal(2, StoredLayer.AssertReadBack(Quantizing.Of<QuantizedExtractToken>(layer)).Selection.Axis);
        StoredLayer.Refuses("Custom>ExtractToken", "token", "a position from 0 on", ("token", -1L));
        StoredLayer.Refuses("Custom>ExtractToken", "token", "a position from 0 on", ("token", StoredLayer.List()));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        ExtractToken layer = new() { Name = "e", Selection = new TokenSelection { Tokens = new[] { 2 } } };
        QuantizedExtractToken quantized = Quantizing.Of<QuantizedExtractToken>(layer);
        LayerRun.RefusesIntegers(layer, 3, 2);
        LayerRun.RefusesFloats(quantized, 3, 2);
        LayerRun.RefusesScales(quantized, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "takes position 2 of axis 1", layer, new FloatSpec(new Shape(2, 2)));
        LayerRun.Refuses("LayerInputMismatch", "its axis is 1", quantized, LayerRun.Integers());
    }

    private static LayerArguments Arguments(IEnumerable<KeyValuePair<string, object?>> pairs) =>
        new("layer", new Dictionary<string, object?>(pairs));

    private static QuantizedExtractToken Extract(int axis, bool removes, params int[] tokens) =>
        new() { Name = "e", Selection = new TokenSelection { Tokens = tokens, Axis = axis, RemovesAxis = removes } };
}
