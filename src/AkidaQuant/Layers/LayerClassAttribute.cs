namespace AkidaQuant.Layers;

/// <summary>
/// Names the class under which files store a layer: <c>Conv2D</c>, or <c>Custom&gt;QuantizedConv2D</c> for the
/// classes of the reference. The layer has a static method <c>Read(LayerArguments)</c> that makes it, or one that takes the class name
/// besides.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class LayerClassAttribute(string name) : Attribute
{
    /// <summary>The class name in files.</summary>
    public string Name { get; } = name;

    /// <summary>The Python module that the class is in, as <c>.keras</c> files name it (tools.md 5.2).</summary>
    public string Module { get; init; } = "keras.layers";
}
