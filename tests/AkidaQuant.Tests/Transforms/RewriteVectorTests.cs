using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Text;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Float models before and after the reference's rewrites.</summary>
public sealed class RewriteVectorTests
{
    /// <summary>The case whose rewrite by the reference changes what the model computes (transforms.md 7, 1).</summary>
    private const string Defective = "zero_padding_stride_2";

    /// <summary>
    /// Cases that the reference leaves as they are, and cannot quantize then: one batch normalization without beta
    /// keeps all of them from folding, and hard_silu is not seen when the product with 1/6 comes last.
    /// </summary>
    private static readonly Dictionary<string, string> LeftByReference = new(StringComparer.Ordinal)
    {
        ["batchnorm_after_conv"] =
            "in:InputLayer() c0:Conv2D(in) d0:DepthwiseConv2D(c0) s0:SeparableConv2D(d0) t0:Conv2DTranspose(s0) f:Flatten(t0) fc:Dense(f)",
        ["hard_silu"] = "in:InputLayer() c0:Conv2D(in) activation:Activation(c0) c1:Conv2D(activation)",
    };

    private static readonly string Root = Repository.PathOf("tests/vectors/rewrites");

    public static TheoryData<string> Cases() =>
        [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> ExactCases() =>
        [.. Cases().Select(row => row.Data).Where(name => name != Defective && !LeftByReference.ContainsKey(name))];

    public static TheoryData<string> CasesLeftByReference() => [.. LeftByReference.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_are_those_of_the_model_before(string name)
    {
        Model before = Read(name, "before.h5");
        IReadOnlyDictionary<string, NpyArray> arrays = NpzReader.ReadAll(Path.Combine(Root, name, "io.npz"));
        float[] samples = arrays["inputs"].ToSingles().Values;
        float[] expected = arrays["before"].ToSingles().Values;
        Outputs.AssertClose(expected, Outputs.Of(before, samples)[0]);
        Outputs.AssertClose(expected, Outputs.Of(Sanitizer.Run(before), samples)[0]);
    }

    [Theory]
    [MemberData(nameof(ExactCases))]
    public void Layers_connections_and_weights_are_those_of_the_reference(string name)
    {
        Model expected = Read(name, "after.h5");
        Model actual = Sanitizer.Run(Read(name, "before.h5"));
        Assert.Equal(Outputs.Listing(expected), Outputs.Listing(actual));
        Assert.Equal(expected.Outputs, actual.Outputs);
        Assert.Equal(expected.Name, actual.Name);
        foreach ((Layer theirs, Layer ours) in expected.GraphLayers.Zip(actual.GraphLayers))
        {
            Assert.Equal(theirs.GetType(), ours.GetType());
            Assert.Equal(Text(theirs), Text(ours));
            Assert.Equal(theirs.Variables.Select(variable => variable.Name), ours.Variables.Select(variable => variable.Name));
            foreach ((Variable one, Variable other) in theirs.Variables.Zip(ours.Variables))
            {
                Assert.Equal(one.Value.Shape, other.Value.Shape);
                Assert.Equal(
                    one.Value.Values.Select(BitConverter.SingleToInt32Bits), other.Value.Values.Select(BitConverter.SingleToInt32Bits));
            }
        }
    }

    [Theory]
    [MemberData(nameof(CasesLeftByReference))]
    public void Layers_that_the_reference_leaves_are_rewritten(string name) =>
        Assert.Equal(LeftByReference[name], Outputs.Listing(Sanitizer.Run(Read(name, "before.h5"))));

    [Fact]
    public void Zero_padding_before_a_stride_is_taken_in_by_a_larger_kernel()
    {
        Model rewritten = Sanitizer.Run(Read(Defective, "before.h5"));
        Assert.Equal("c0 r0 c1", Outputs.Names(rewritten));
        Assert.Equal((5, 5), ((Conv2D)rewritten["c0"].Layer).Window.KernelSize);
        Assert.Equal((3, 3), ((Conv2D)rewritten["c1"].Layer).Window.KernelSize);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_rewritten_model_is_not_rewritten_again(string name)
    {
        Model once = Sanitizer.Run(Read(name, "before.h5"));
        Assert.Equal(Outputs.Listing(once), Outputs.Listing(Sanitizer.Run(once)));
    }

    private static string Text(Layer layer) => PythonJson.ToLine(new OrderedDictionary<string, object?>(layer.Arguments));

    private static Model Read(string name, string file) => ModelReader.Read(Path.Combine(Root, name, file));
}
