using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md 1.6: variables are copied in and out, and a made layer never changes.</summary>
public sealed class AkidaVariablesTests
{
    [Fact]
    public void Arrays_are_copied_in_and_out()
    {
        sbyte[] given = [1, 2];
        AkidaVariables variables = [];
        variables.Add("bias", NdArray<sbyte>.Vector(given));
        AkidaConv2D layer = new() { Name = "conv", Filters = 2, KernelSize = 1, Variables = variables };
        given[0] = 9;
        Got(layer).Values[1] = 9;
        Assert.Equal([1, 2], Got(layer).Values);
        foreach ((_, object value) in layer.Variables)
        {
            ((NdArray<sbyte>)value).Values[0] = 9;
        }

        Assert.Equal([1, 2], Got(layer).Values);
    }

    [Fact]
    public void The_sizes_of_a_shape_are_copied_too()
    {
        int[] sizes = [2];
        AkidaVariables variables = [];
        variables.Add("bias", new NdArray<sbyte>(new Shape(sizes), [1, 2]));
        sizes[0] = 3;
        Assert.Equal(new Shape(2), ((NdArray<sbyte>)variables["bias"]!).Shape);
    }

    [Fact]
    public void What_is_added_later_does_not_reach_the_layer()
    {
        AkidaVariables variables = Emulation.Variables(("bias", (sbyte[])[1]));
        AkidaConv2D layer = new() { Name = "conv", Filters = 1, KernelSize = 1, Variables = variables };
        variables.Add("bias", NdArray<sbyte>.Vector([2]));
        variables.Add("bias_shift", NdArray<byte>.Vector([3]));
        Assert.Equal([1], Got(layer).Values);
        Assert.False(layer.Variables.Contains("bias_shift"));
    }

    [Fact]
    public void Those_of_a_layer_are_fixed_and_a_copy_is_not()
    {
        AkidaConv2D bare = new() { Name = "conv", Filters = 1, KernelSize = 1 };
        AkidaConv2D layer = bare with { Variables = Emulation.Variables(("bias", (sbyte[])[1])) };
        foreach (AkidaLayer made in (AkidaLayer[])[bare, layer])
        {
            QuantException error = Assert.Throws<QuantException>(() => made.Variables.Add("bias", NdArray<sbyte>.Vector([2])));
            Assert.Equal("AkidaVariablesFixed", error.Id);
        }

        AkidaVariables copy = layer.Variables.Clone();
        copy.Add("bias", NdArray<sbyte>.Vector([2]));
        Assert.Equal([1], Got(layer).Values);
        Assert.Equal(["bias"], copy.Names);
    }

    [Fact]
    public void A_diagonal_stays_one()
    {
        AkidaVariables variables = [];
        variables.Add("weights", DiagonalMatrix.Of<sbyte>([1, 2, 3]));
        Assert.Equal([1, 2, 3], variables.Find<sbyte>("weights")!.Diagonal!);
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0, 3], ((NdArray<sbyte>)variables["weights"]!).Values);
    }

    [Fact]
    public void Other_types_are_refused()
    {
        AkidaVariables variables = [];
        QuantException error = Assert.Throws<QuantException>(() => variables.Add("bias", NdArray<long>.Vector([1])));
        Assert.Equal(("AkidaVariableType", "bias"), (error.Id, error.Target));
        Assert.Contains("int64 (1,)", error.Message, StringComparison.Ordinal);
        Assert.Null(variables["bias"]);
    }

    private static NdArray<sbyte> Got(AkidaLayer layer) => (NdArray<sbyte>)layer.Variables["bias"]!;
}
