using System.Collections.Frozen;
using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>A stored array of a layer.</summary>
/// <param name="Name">The name within the model, such as <c>conv/kernel:0</c>.</param>
/// <param name="Value">The float32 values.</param>
/// <param name="Trainable">Whether it counts as a trainable parameter.</param>
public sealed record Variable(string Name, NdArray<float> Value, bool Trainable = true)
{
    /// <summary>The attribute of the layer that holds it in <c>.keras</c> files (tools.md 5.3); empty for the layer itself.</summary>
    public string Owner { get; init; } = string.Empty;

    /// <summary>The name and the shape: <c>conv/kernel:0 (3, 3, 3, 16)</c>.</summary>
    public override string ToString() => Printable.Of($"{Name} {Value.Shape}");
}

/// <summary>What a layer means to the rescaling of an output, on its way to the next kernel (quantize.md 12.1).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum Equalization : long
{
    /// <summary>The way ends: the output cannot be rescaled.</summary>
    Stops,

    /// <summary>Rescaled values go through unchanged, channel by channel.</summary>
    Passes,

    /// <summary>Rescaled values go through, but channels may change places.</summary>
    Reshapes,

    /// <summary>The layer's kernel takes the rescaling up.</summary>
    Absorbs,

    /// <summary>The layer's kernel takes up one rate for the whole tensor, but not one a channel.</summary>
    AbsorbsOneRate,
}

/// <summary>A node's computation: data, never changed once made. Changes are new layers (<c>with</c>).</summary>
public abstract record Layer
{
    /// <summary>The name, unique within a model.</summary>
    public required string Name { get; init; }

    /// <summary>The class name that summaries and files show, such as <c>QuantizedConv2D</c>.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>
    /// The arguments under their names in files, in the order of Keras, the name, dtype and the like left out
    /// (tools.md 6.5). Values are as in <see cref="LayerArguments"/>.
    /// </summary>
    public virtual IEnumerable<KeyValuePair<string, object?>> Arguments => [];

    /// <summary>
    /// The arguments that the file gave, in its order; none for a layer that was made otherwise. What a layer does is
    /// said by its properties; these only keep what has no meaning here (initializers, regularizers, whether it is
    /// trainable) and how numbers were written, for a file that is written again.
    /// </summary>
    internal IReadOnlyDictionary<string, object?> StoredArguments { get; init; } = FrozenDictionary<string, object?>.Empty;

    /// <summary>Whether the file says that training leaves the layer as it is, so that no parameter of it counts as trainable.</summary>
    internal bool IsFrozen => StoredArguments.GetValueOrDefault("trainable") is false;

    /// <summary>The class under which files store the layer: a name of its <see cref="LayerClassAttribute"/>.</summary>
    public virtual string StoredClass => LayerClasses.NameOf(GetType());

    /// <summary>Bits of the integers that the weights become, sign included; null without weights, and for a float layer.</summary>
    public virtual int? WeightBits => null;

    /// <summary>Bits of the integers that the layer brings its output to, sign included; null where it leaves them as they are.</summary>
    public virtual int? OutputBits => null;

    /// <summary>The stored arrays: trainable ones first, then the others (tools.md 4.1).</summary>
    public virtual IReadOnlyList<Variable> Variables => [];

    /// <summary>
    /// The arrays that the layer takes on inputs of these shapes, in the order of <see cref="Variables"/>. Inputs that the layer refuses
    /// may get any; <see cref="Prepare"/> says so.
    /// </summary>
    /// <exception cref="OverflowException">A dimension does not fit 31 bits.</exception>
    public virtual IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) => [];

    /// <summary>The number of tensors that the layer takes.</summary>
    public virtual int InputCount => 1;

    /// <summary>
    /// Whether the layer takes so many tensors; only those that join any number take other than <see cref="InputCount"/>.
    /// </summary>
    public virtual bool TakesInputs(int count) => count == InputCount;

    /// <summary>
    /// Whether outputs depend on earlier calls, so that samples are the consecutive time steps of parallel streams.
    /// </summary>
    public virtual bool IsStateful => false;

    /// <summary>Whether the layer holds weights that quantization treats as such (quantize.md 3).</summary>
    public virtual bool HasQuantizableWeights => false;

    /// <summary>Whether quantizing needs an output quantizer before this layer (quantize.md 3).</summary>
    public virtual bool RequiresAlignedInputs => false;

    /// <summary>
    /// Whether the layer is an activation, a function of each value alone: its output gets the bits that the parameters give
    /// activations (quantize.md 5).
    /// </summary>
    public virtual bool IsActivation => false;

    /// <summary>
    /// Whether the output never falls where the input rises, so that a maximum may be taken before it (transforms.md 4.9).
    /// </summary>
    public virtual bool NeverFalls => false;

    /// <summary>Whether the output gets the bits of activations where an activation comes before the layer (quantize.md 5).</summary>
    public virtual bool PassesActivationBits => false;

    /// <summary>Whether the output is never negative, so that integers of fewer than 8 bits go without a sign (quantize.md 5).</summary>
    public virtual bool IsNeverNegative => false;

    /// <summary>The bits of the output whatever the parameters say, in one range for the tensor; null for none (quantize.md 5).</summary>
    public virtual int? OwnOutputBits => null;

    /// <summary>The bits that the layer asks of what feeds it, in one range for the tensor; null for any (quantize.md 5).</summary>
    public virtual int? AskedInputBits => null;

    /// <summary>Whether values leave their channel, so that only one range for the tensor can serve them (quantize.md 5).</summary>
    /// <param name="input">The shape of the input.</param>
    /// <param name="output">The shape of the output.</param>
    public virtual bool MovesChannels(Shape input, Shape output) => false;

    /// <summary>Whether the quantized form can hold an output quantizer (quantize.md 3).</summary>
    public virtual bool CanHoldOutputQuantizer => false;

    /// <summary>Why this layer cannot be quantized, as the end of a sentence; null when it can (quantize.md 3, 6.3).</summary>
    public virtual string? QuantizationObstacle => $"layers of class {ClassName} have no quantized form";

    /// <summary>The quantized form, with missing settings taken from the context (quantize.md 6.2 to 6.4).</summary>
    /// <param name="settings">The settings given for this layer; null for none.</param>
    /// <param name="context">Where missing bit-widths come from.</param>
    /// <exception cref="QuantException">A setting is unknown or out of range.</exception>
    /// <exception cref="InvalidOperationException">The layer has a <see cref="QuantizationObstacle"/>.</exception>
    public virtual QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) =>
        throw new InvalidOperationException($"'{Name}' cannot be quantized: {QuantizationObstacle}.");

    /// <summary>What cross-layer equalization does when it comes to this layer (quantize.md 12.1).</summary>
    public virtual Equalization Equalization => Equalization.Stops;

    /// <summary>
    /// This layer with its kernel divided by the rate of each input channel, as float32 (quantize.md 12.1).
    /// </summary>
    /// <exception cref="InvalidOperationException">The layer is not <see cref="Equalization.Absorbs"/>.</exception>
    public virtual Layer DivideInputs(ScalarOrVector<float> rates) =>
        throw new InvalidOperationException($"'{Name}' has no kernel to divide.");

    /// <summary>This layer with its stored arrays replaced, in the order of <see cref="Variables"/>.</summary>
    /// <exception cref="QuantException">The number of arrays or a shape is not what the layer's arguments say.</exception>
    public virtual Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 0);
        return this;
    }

    /// <summary>
    /// Works out the output for the given inputs and how to compute it. No buffer is allocated yet, and weights are packed only
    /// where the range of the output follows from them.
    /// </summary>
    /// <exception cref="QuantException">The inputs do not fit the layer.</exception>
    public abstract PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs);

    /// <summary>As <see cref="Prepare"/>; errors of the arithmetic, which knows no layers, get the name of this one.</summary>
    /// <exception cref="QuantException">The inputs do not fit the layer.</exception>
    internal PreparedLayer PrepareNamed(IReadOnlyList<TensorSpec> inputs)
    {
        try
        {
            return Prepare(inputs);
        }
        catch (QuantException error) when (error.Target is null)
        {
            throw new QuantException(error.Id, error.Kind, $"Layer '{Name}' ({ClassName}): {error.Message}", Name, error);
        }
    }

    /// <summary>The name and the class: <c>conv (QuantizedConv2D)</c>.</summary>
    public sealed override string ToString() => Printable.Of($"{Name} ({ClassName})");

    /// <summary>Checks the number of stored arrays.</summary>
    protected void ExpectVariables(IReadOnlyList<NdArray<float>> values, int count)
    {
        if (values.Count != count)
        {
            throw new QuantException(
                "WeightCountMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{Name}' ({ClassName}) takes {count} weight arrays, but the file holds {values.Count}. The file does not belong to this architecture; save the model again.",
                Name);
        }
    }

    /// <summary>Checks the shape of a stored array; <see cref="Shape.Unknown"/> matches any dimension.</summary>
    protected NdArray<float> ExpectShape(string variable, NdArray<float> value, params int[] dimensions)
    {
        bool fits = value.Shape.Rank == dimensions.Length;
        for (int i = 0; fits && i < dimensions.Length; i++)
        {
            fits = dimensions[i] == Shape.Unknown || dimensions[i] == value.Shape[i];
        }

        return fits
            ? value
            : throw new QuantException(
                "WeightShapeMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{Name}' ({ClassName}): the weight '{variable}' must have the shape {new Shape(dimensions)}, but it has {value.Shape}. The file does not belong to this architecture; save the model again.",
                Name);
    }

    /// <summary>This layer as one that training leaves as it is.</summary>
    internal Layer Frozen()
    {
        OrderedDictionary<string, object?> stored = new(StoredArguments, StringComparer.Ordinal) { ["trainable"] = false };
        return this with { StoredArguments = stored };
    }

    /// <summary>An argument without meaning here: as the file gave it, or its default.</summary>
    internal KeyValuePair<string, object?> Kept(string key, object? defaultValue = null) =>
        new(key, StoredArguments.TryGetValue(key, out object? value) ? value : defaultValue);

    /// <summary>Stands for weights that no file has given yet.</summary>
    protected static NdArray<float> NoWeights { get; } = new(new Shape(0), []);

    /// <summary>A kernel divided by a rate for each index of one of its axes, or by one rate.</summary>
    protected static NdArray<float> Divide(NdArray<float> kernel, ScalarOrVector<float> rates, int axis)
    {
        int inner = 1;
        for (int i = axis + 1; i < kernel.Shape.Rank; i++)
        {
            inner *= kernel.Shape[i];
        }

        // The zeros off a diagonal stay as they are, to the bit, where rates are positive.
        if (kernel.Diagonal is { } diagonal && !rates.Span.ContainsAnyExceptInRange(float.Epsilon, float.PositiveInfinity))
        {
            float[] divided = new float[diagonal.Length];
            for (int i = 0; i < divided.Length; i++)
            {
                divided[i] = diagonal[i] / rates[i];
            }

            return kernel with { Diagonal = divided };
        }

        float[] given = kernel.Values;
        float[] values = new float[given.Length];
        int channels = kernel.Shape[axis];
        for (int i = 0; i < values.Length; i += inner)
        {
            TensorPrimitives.Divide(given.AsSpan(i, inner), rates[i / inner % channels], values.AsSpan(i, inner));
        }

        return kernel with { Values = values };
    }

    /// <summary>The input as float32.</summary>
    /// <exception cref="QuantException">The input is quantized.</exception>
    protected FloatSpec FloatInput(IReadOnlyList<TensorSpec> inputs, int index = 0) =>
        inputs[index] as FloatSpec ?? throw DoesNotFit("it computes in float, but its input is quantized. Put a Dequantizer before it.");

    /// <summary>The error for inputs that do not fit, with what to do about it.</summary>
    protected QuantException DoesNotFit(string problem) => new(
        "LayerInputMismatch", QuantErrorKind.InvalidData, $"Layer '{Name}' ({ClassName}): {problem}", Name);
}
