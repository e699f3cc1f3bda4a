using AkidaQuant.Formats.Keras;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Compares models in everything that a file holds.</summary>
internal static class ModelComparison
{
    /// <summary>The same layers, connections, arguments and arrays, bit for bit, and the same summary.</summary>
    public static void AssertSame(Model expected, Model actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.IsSequential, actual.IsSequential);
        Assert.Equal(expected.Outputs, actual.Outputs);
        Assert.Equal(expected.Nodes.Count, actual.Nodes.Count);
        foreach ((Node left, Node right) in expected.Nodes.Zip(actual.Nodes))
        {
            Assert.Equal(left.Name, right.Name);
            Assert.Equal(left.Inputs, right.Inputs);
            Assert.Equal(left.Layer.GetType(), right.Layer.GetType());
            Assert.Equal(
                left.Layer.Variables.Select(variable => (variable.Name, variable.Value.Shape)),
                right.Layer.Variables.Select(variable => (variable.Name, variable.Value.Shape)));
            Assert.Equal(
                left.Layer.Variables.SelectMany(variable => variable.Value.Values),
                right.Layer.Variables.SelectMany(variable => variable.Value.Values));
        }

        Assert.Equal(KerasConfigWriter.ToHdf5Json(expected), KerasConfigWriter.ToHdf5Json(actual));
        Assert.Equal(new ModelSummary(expected).ToString(), new ModelSummary(actual).ToString());
    }
}
