using System.Collections;
using System.Runtime.CompilerServices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Objects;

/// <summary>Writes an object value by value, each behind its <see cref="ObjectTag"/>.</summary>
/// <param name="writer">Where to.</param>
/// <param name="root">The whole object, for errors.</param>
internal sealed class ObjectWriter(BinaryWriter writer, object root)
{
    // Quantized models share arrays with the float network that they remember.
    private readonly Dictionary<object, int> _tensors = new(ReferenceEqualityComparer.Instance);

    /// <summary>Writes a value.</summary>
    /// <exception cref="QuantException"><c>ObjectTooLarge</c>, <c>ObjectNotPortable</c>, or a file of samples cannot be read.</exception>
    public void Write(object? value)
    {
        switch (value)
        {
            case null:
                Tag(ObjectTag.Null);
                break;
            case bool flag:
                Tag(ObjectTag.Boolean);
                writer.Write(flag);
                break;
            case int number:
                Tag(ObjectTag.Int32);
                writer.Write(number);
                break;
            case long number:
                Tag(ObjectTag.Int64);
                writer.Write(number);
                break;
            case float number:
                Tag(ObjectTag.Single);
                writer.Write(number);
                break;
            case double number:
                Tag(ObjectTag.Double);
                writer.Write(number);
                break;
            case string text:
                Tag(ObjectTag.Text);
                writer.Write(text);
                break;
            case Enum constant:
                Tag(ObjectTag.Enumeration);
                writer.Write(constant.ToString());
                break;
            case Model model:
                WriteModel(model);
                break;
            case AkidaModel model:
                WriteAkidaModel(model);
                break;
            case SampleSet samples:
                WriteSamples(samples);
                break;
            case Shape shape:
                Tag(ObjectTag.Shape);
                Numbers(shape.ToArray());
                break;
            case AkidaVariables variables:
                Map(ObjectTag.Variables, [.. variables.Select(entry => new KeyValuePair<string, object?>(entry.Key, entry.Value))]);
                break;
            case QuantSettings settings:
                Map(ObjectTag.Settings, [.. settings]);
                break;
            case IReadOnlyDictionary<string, object?> map:
                Map(ObjectTag.Map, [.. map]);
                break;
            case Array array when ElementTypes.CodeOf(array.GetType().GetElementType()!) is not null:
                Tag(ObjectTag.Numbers);
                Numbers(array);
                break;
            case ITuple tuple:
                Tag(ObjectTag.Tuple);
                Numbers(Enumerable.Range(0, tuple.Length).Select(i => (int)tuple[i]!).ToArray());
                break;
            case ScalarOrVector<float> values:
                Tag(values.IsScalar ? ObjectTag.Scalar : ObjectTag.Vector);
                Numbers(values.Span.ToArray());
                break;
            case ScalarOrVector<int> values:
                Tag(values.IsScalar ? ObjectTag.Scalar : ObjectTag.Vector);
                Numbers(values.Span.ToArray());
                break;
            case NdArray<float> tensor:
                Tensor(tensor);
                break;
            case NdArray<sbyte> tensor:
                Tensor(tensor);
                break;
            case NdArray<byte> tensor:
                Tensor(tensor);
                break;
            case NdArray<short> tensor:
                Tensor(tensor);
                break;
            case NdArray<ushort> tensor:
                Tensor(tensor);
                break;
            case NdArray<int> tensor:
                Tensor(tensor);
                break;
            case var record when RecordTypes.Contains(record.GetType()):
                Record(record);
                break;
            case IEnumerable list:
                List([.. list.Cast<object?>()]);
                break;
            default:
                throw new QuantException(
                    "ObjectNotPortable",
                    QuantErrorKind.NotSupported,
                    $"'{value}' cannot be carried to another process. Send the model's file, or what the model gives.",
                    root);
        }
    }

    private void Tag(ObjectTag tag) => writer.Write((byte)tag);

    private void WriteModel(Model model)
    {
        Tag(ObjectTag.Model);
        writer.Write(model.Name);
        writer.Write(model.IsSequential);
        writer.Write(model.Nodes.Count);
        foreach (Node node in model.Nodes)
        {
            Write(node.Layer);
            Write(node.Inputs);
        }

        Write(model.Outputs);
        Write(model.FloatSource);
        Write(model.Optimization);
        Write(model.Repair);
        Write(model.Check);
        string[] ranged = [.. model.Nodes.Select(node => node.Name).Where(model.Ranges.ContainsKey)];
        Write(ranged);
        Write(ranged.SelectMany(name => new[] { model.Ranges[name].Least, model.Ranges[name].Greatest }).ToArray());
    }

    private void WriteAkidaModel(AkidaModel model)
    {
        Tag(ObjectTag.AkidaModel);
        writer.Write(model.Name);
        writer.Write((int)model.IpVersion);
        writer.Write(model.TakesChannelsFirst);
        Write(model.Form);
        Write(model.Layers);
        List([.. model.Tail.Select(part => (object?)part.Model ?? part.Akida)]);
    }

    private void WriteSamples(SampleSet samples)
    {
        Tag(ObjectTag.Samples);
        writer.Write(samples.Source);
        writer.Write(samples.DType);
        Numbers(samples.SampleShape.ToArray());
        writer.Write(samples.TurningStep);
        Write(samples.Labels);
        Write(samples.Names);
        Write(samples.Classes);
        long size = (long)samples.SampleShape.Size * SampleValues.SizeOf(samples.DType)!.Value;
        Require(size * samples.Count);
        writer.Write(samples.Count);
        byte[] sample = new byte[size];
        for (int i = 0; i < samples.Count; i++)
        {
            samples.CopyStored(i, 1, sample);
            writer.Write(sample);
        }
    }

    private void Record(object record)
    {
        Tag(ObjectTag.Record);
        writer.Write(record.GetType().FullName!);
        RecordProperty[] properties = RecordTypes.Properties(record.GetType());
        writer.Write(properties.Length);
        foreach (RecordProperty property in properties)
        {
            writer.Write(property.Info.Name);
            Write(property.Info.GetValue(record));
        }
    }

    private void List(object?[] items)
    {
        Tag(ObjectTag.List);
        writer.Write(items.Length);
        foreach (object? item in items)
        {
            Write(item);
        }
    }

    private void Map(ObjectTag tag, KeyValuePair<string, object?>[] entries)
    {
        Tag(tag);
        writer.Write(entries.Length);
        foreach ((string key, object? value) in entries)
        {
            writer.Write(key);
            Write(value);
        }
    }

    private void Tensor<T>(NdArray<T> tensor)
        where T : unmanaged
    {
        if (_tensors.TryGetValue(tensor, out int known))
        {
            Tag(ObjectTag.SameTensor);
            writer.Write(known);
            return;
        }

        _tensors.Add(tensor, _tensors.Count);
        Tag(ObjectTag.Tensor);
        Numbers(tensor.Shape.ToArray());
        writer.Write(tensor.Diagonal is not null);
        Numbers(tensor.Held());
    }

    private void Numbers(Array values)
    {
        ReadOnlySpan<byte> bytes = ElementTypes.Bytes(values);
        Require(bytes.Length);
        writer.Write(ElementTypes.CodeOf(values.GetType().GetElementType()!)!.Value);
        writer.Write(values.Length);
        writer.Write(bytes);
    }

    private void Require(long bytes)
    {
        if (writer.BaseStream.Length + bytes > ObjectBytes.Limit)
        {
            throw new QuantException(
                "ObjectTooLarge",
                QuantErrorKind.NotSupported,
                $"'{root}' takes more than {ObjectBytes.Limit >> 20} MiB, the most that is carried to another process or written by Export-Clixml. Import it there from its file, or send a part of it.",
                root);
        }
    }
}
