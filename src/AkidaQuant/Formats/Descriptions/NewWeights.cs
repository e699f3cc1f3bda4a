using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// New weights, as the initializers of the layers fill them. They follow from the seed and the name of the array alone, on
/// every machine and in every order.
/// </summary>
internal sealed class NewWeights(ulong seed, CancellationToken cancellation) : IWeightSource
{
    /// <inheritdoc/>
    public bool KnowsShapes => false;

    /// <inheritdoc/>
    public NdArray<float> Take(Layer layer, string variable, WeightShape? weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        object? given = weight.Argument is null ? null : layer.Arguments.FirstOrDefault(argument => argument.Key == weight.Argument).Value;
        WeightInitializer initializer = InitializerReader.Read(given ?? weight.Initializer, problem => new QuantException(
            "LayerArgumentInvalid",
            QuantErrorKind.InvalidData,
            $"Layer '{layer.Name}' ({layer.ClassName}): '{weight.Argument}' {problem}",
            layer.Name));
        RandomSource random = new(Generator(initializer.Seed ?? seed, StoredWeights.NameOf(variable)), cancellation);
        return new NdArray<float>(weight.Shape, initializer.Fill(weight.Shape, random));
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static NumpyGenerator Generator(ulong seed, string name)
    {
        byte[] content = new byte[sizeof(ulong) + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteUInt64LittleEndian(content, seed);
        Encoding.UTF8.GetBytes(name, content.AsSpan(sizeof(ulong)));
        byte[] hash = SHA256.HashData(content);
        return new NumpyGenerator(
            [.. Enumerable.Range(0, 4).Select(word => BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(word * sizeof(uint))))]);
    }
}
