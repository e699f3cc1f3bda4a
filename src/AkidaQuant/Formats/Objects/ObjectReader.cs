using System.Reflection;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Objects;

/// <summary>
/// Reads what <see cref="ObjectWriter"/> wrote. Nothing is taken for true: lengths are held against the bytes that are there before memory
/// is taken, and only data of this module is made, each value of the type of its place.
/// </summary>
internal sealed class ObjectReader(BinaryReader reader)
{
    private const int MaxDepth = 64;
    private const string Missing = "something is missing in it";
    private const string OtherParts = "one of its parts has other properties than here";

    private readonly List<object> _tensors = [];
    private int _depth;

    private long Remaining => reader.BaseStream.Length - reader.BaseStream.Position;

    /// <summary>The next value.</summary>
    /// <param name="place">The type of the property or the list that it goes into.</param>
    /// <exception cref="QuantException"><c>ObjectDamaged</c>, or what is wrong with the object.</exception>
    public object? Read(Type place)
    {
        if (++_depth > MaxDepth)
        {
            throw ObjectBytes.Damaged($"it is nested more than {MaxDepth} levels deep");
        }

        object? value = ReadValue(place);
        _depth--;
        return value switch
        {
            null when !place.IsValueType || Nullable.GetUnderlyingType(place) is not null => null,
            null => throw ObjectBytes.Damaged(Missing),
            _ when place.IsInstanceOfType(value) => value,
            _ => throw ObjectBytes.Damaged("a value stands where one of another kind belongs"),
        };
    }

    private object? ReadValue(Type place) => (ObjectTag)reader.ReadByte() switch
    {
        ObjectTag.Null => null,
        ObjectTag.Boolean => reader.ReadBoolean(),
        ObjectTag.Int32 => reader.ReadInt32(),
        ObjectTag.Int64 => reader.ReadInt64(),
        ObjectTag.Single => reader.ReadSingle(),
        ObjectTag.Double => reader.ReadDouble(),
        ObjectTag.Text => reader.ReadString(),
        ObjectTag.Enumeration => Constant(Nullable.GetUnderlyingType(place) ?? place, reader.ReadString()),
        ObjectTag.Numbers => Numbers(),
        ObjectTag.List => List(place),
        ObjectTag.Map => Map(),
        ObjectTag.Settings => Settings(),
        ObjectTag.Tensor => Tensor(),
        ObjectTag.SameTensor => reader.ReadInt32() is var index && index >= 0 && index < _tensors.Count
            ? _tensors[index]
            : throw ObjectBytes.Damaged("it refers to an array that it does not have"),
        ObjectTag.Shape => Shape(),
        ObjectTag.Scalar => Combined(isScalar: true),
        ObjectTag.Vector => Combined(isScalar: false),
        ObjectTag.Tuple => Tuple(Numbers<int>()),
        ObjectTag.Variables => Variables(),
        ObjectTag.Record => Record(),
        ObjectTag.Model => Model(),
        ObjectTag.AkidaModel => AkidaModel(),
        ObjectTag.Samples => Samples(),
        var other => throw ObjectBytes.Damaged($"it has a value of the unknown kind {(byte)other}"),
    };

    private Model Model()
    {
        string name = reader.ReadString();
        bool isSequential = reader.ReadBoolean();
        int count = Count();
        List<Node> nodes = [];
        for (int i = 0; i < count; i++)
        {
            nodes.Add(new Node(Required<Layer>(), Required<IReadOnlyList<string>>()));
        }

        Model model = AkidaQuant.Model.Create(name, isSequential, nodes, Required<IReadOnlyList<string>>());
        model = Optional<Model>() is { } source ? model.WithFloatSource(source) : model;
        model = Optional<OptimizationReport>() is { } report ? model.WithOptimization(report) : model;
        model = Optional<RepairReport>() is { } repair ? model.WithRepair(repair) : model;
        model = Optional<QuantCheck>() is { } check ? model.WithCheck(check) : model;
        IReadOnlyList<string> ranged = Required<IReadOnlyList<string>>();
        float[] ends = Required<float[]>();
        return ends.Length != 2 * ranged.Count ? throw ObjectBytes.Damaged($"it has {ends.Length} ends of {ranged.Count} ranges")
            : ranged.Count == 0 ? model
            : model.WithRanges(ranged.Index().ToDictionary(
                entry => entry.Item, entry => new TensorRange(ends[2 * entry.Index], ends[(2 * entry.Index) + 1]), StringComparer.Ordinal));
    }

    private AkidaModel AkidaModel()
    {
        string name = reader.ReadString();
        int version = reader.ReadInt32();
        bool takesChannelsFirst = reader.ReadBoolean();
        SampleForm? form = Optional<SampleForm>();
        return Enum.IsDefined((AkidaVersion)version)
            ? new AkidaModel(name, (AkidaVersion)version, Required<IReadOnlyList<AkidaLayer>>())
            {
                TakesChannelsFirst = takesChannelsFirst,
                Form = form,
                Tail = [.. Required<IReadOnlyList<object>>().Select(TailPart)],
            }
            : throw ObjectBytes.Damaged($"it is of the unknown Akida version {version}");
    }

    private static AkidaTailPart TailPart(object part) => part switch
    {
        Model model => new AkidaTailPart(model),
        AkidaModel akida => new AkidaTailPart(akida),
        _ => throw ObjectBytes.Damaged("one of its parts is no model"),
    };

    private SampleSet Samples()
    {
        string source = reader.ReadString();
        string type = reader.ReadString();
        Shape shape = new(Numbers<int>());
        int step = reader.ReadInt32();
        int[]? labels = Optional<int[]>();
        string[]? names = Optional<string[]>();
        string[]? classes = Optional<string[]>();
        int count = reader.ReadInt32();
        long size = SampleValues.SizeOf(type) ?? throw ObjectBytes.Damaged("it has samples of an unknown type");
        foreach (int dimension in shape)
        {
            size = Math.Min(size * Math.Max(dimension, 1), int.MaxValue);
        }

        bool isTurned = step == 1 || (step > 1 && step < shape.Size - 1);
        return isTurned && count >= 1 && size * count == Remaining
            ? SampleSet.FromStored(
                SampleValues.FromBytes(type, reader.ReadBytes((int)(size * count))), count, shape, step, (labels, names, classes), source)
            : throw ObjectBytes.Damaged("it has another number of values than its shape says");
    }

    private object Record()
    {
        string name = reader.ReadString();
        Type type = RecordTypes.Of(name) ?? throw ObjectBytes.Damaged("it has data of an unknown kind");
        object record = RecordTypes.Create(type);
        RecordProperty[] properties = RecordTypes.Properties(type);
        int count = Count();
        for (int i = 0; i < count; i++)
        {
            string key = reader.ReadString();
            if (i >= properties.Length || properties[i].Info.Name != key)
            {
                throw ObjectBytes.Damaged(OtherParts);
            }

            Set(properties[i], record, Read(properties[i].Info.PropertyType));
        }

        return count == properties.Length ? record : throw ObjectBytes.Damaged(OtherParts);
    }

    private static void Set(RecordProperty property, object record, object? value)
    {
        if (value is null && !property.MayBeNull)
        {
            throw ObjectBytes.Damaged(Missing);
        }

        try
        {
            property.Info.SetValue(record, value);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw inner as QuantException ?? ObjectBytes.Damaged("one of its parts has a value that it cannot have", inner);
        }
    }

    private object List(Type place)
    {
        bool isValueList = place.IsGenericType && place.GetGenericTypeDefinition() == typeof(ValueList<>);
        Type element = place.IsArray ? place.GetElementType()!
            : isValueList || place is { IsGenericType: true, IsInterface: true } ? place.GetGenericArguments()[0]
            : typeof(object);
        int count = Count();
        List<object?> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add(Read(element));
        }

        var list = Array.CreateInstance(element, count);
        for (int i = 0; i < count; i++)
        {
            list.SetValue(items[i], i);
        }

        return isValueList ? Activator.CreateInstance(place, list)! : list;
    }

    private OrderedDictionary<string, object?> Map()
    {
        OrderedDictionary<string, object?> map = new(StringComparer.Ordinal);
        Entries((key, value) => map[key] = value);
        return map;
    }

    private QuantSettings Settings()
    {
        QuantSettings settings = [];
        Entries(settings.Add);
        return settings;
    }

    private AkidaVariables Variables()
    {
        AkidaVariables variables = [];
        Entries((key, value) =>
        {
            switch (value)
            {
                case NdArray<sbyte> tensor:
                    variables.Add(key, tensor);
                    break;
                case NdArray<byte> tensor:
                    variables.Add(key, tensor);
                    break;
                case NdArray<short> tensor:
                    variables.Add(key, tensor);
                    break;
                case NdArray<ushort> tensor:
                    variables.Add(key, tensor);
                    break;
                case NdArray<int> tensor:
                    variables.Add(key, tensor);
                    break;
                case NdArray<float> tensor:
                    variables.Add(key, tensor);
                    break;
                default:
                    throw ObjectBytes.Damaged("one of its variables is no array");
            }
        });
        return variables;
    }

    private void Entries(Action<string, object?> add)
    {
        int count = Count();
        for (int i = 0; i < count; i++)
        {
            string key = reader.ReadString();
            add(key, Read(typeof(object)));
        }
    }

    private object Tensor()
    {
        // The place is taken before the array is read, as it was when it was written.
        Shape shape = new(Numbers<int>());
        bool isDiagonal = reader.ReadBoolean();
        object tensor = Numbers() switch
        {
            float[] values => Tensor(shape, isDiagonal, values),
            sbyte[] values when values.GetType() == typeof(sbyte[]) => Tensor(shape, isDiagonal, values),
            byte[] values => Tensor(shape, isDiagonal, values),
            short[] values when values.GetType() == typeof(short[]) => Tensor(shape, isDiagonal, values),
            ushort[] values => Tensor(shape, isDiagonal, values),
            int[] values when values.GetType() == typeof(int[]) => Tensor(shape, isDiagonal, values),
            _ => throw ObjectBytes.Damaged("it has an array of a type that layers do not have"),
        };
        _tensors.Add(tensor);
        return tensor;
    }

    private static NdArray<T> Tensor<T>(Shape shape, bool isDiagonal, T[] values)
        where T : unmanaged
    {
        long size = 1;
        foreach (int dimension in shape)
        {
            size = dimension < 0 ? -1 : Math.Min(size * dimension, int.MaxValue);
        }

        long expected = isDiagonal ? (long)values.Length * values.Length : values.Length;
        bool fits = size == expected && (!isDiagonal || (shape.Rank >= 2 && shape[^1] == values.Length && shape[^2] == values.Length));
        return !fits ? throw ObjectBytes.Damaged($"it has {values.Length} values for an array of the shape {shape}")
            : isDiagonal ? new NdArray<T>(shape, []) { Diagonal = values }
            : new NdArray<T>(shape, values);
    }

    private object Combined(bool isScalar) => Numbers() switch
    {
        float[] { Length: 1 } values when isScalar => ScalarOrVector<float>.Scalar(values[0]),
        float[] values when !isScalar => ScalarOrVector<float>.Vector(values),
        int[] { Length: 1 } values when isScalar => ScalarOrVector<int>.Scalar(values[0]),
        int[] values when !isScalar => ScalarOrVector<int>.Vector(values),
        _ => throw ObjectBytes.Damaged("it has scales of an unknown form"),
    };

    private Shape Shape()
    {
        int[] dimensions = Numbers<int>();
        return Array.TrueForAll(dimensions, dimension => dimension >= Tensors.Shape.Unknown)
            ? new Shape(dimensions)
            : throw ObjectBytes.Damaged("it has a shape of negative size");
    }

    private static object Tuple(int[] values) => values switch
    {
        [var a, var b] => (a, b),
        [var a, var b, var c] => (a, b, c),
        _ => throw ObjectBytes.Damaged($"it has {values.Length} numbers where 2 or 3 belong"),
    };

    private static object Constant(Type type, string name) =>
        type.IsEnum && Enum.TryParse(type, name, out object? value) && Enum.IsDefined(type, value)
            ? value
            : throw ObjectBytes.Damaged("it has an unknown constant");

    private T? Optional<T>()
        where T : class => (T?)Read(typeof(T));

    private T Required<T>()
        where T : class => Optional<T>() ?? throw ObjectBytes.Damaged(Missing);

    private T[] Numbers<T>() => Numbers() is T[] values && values.GetType() == typeof(T[])
        ? values
        : throw ObjectBytes.Damaged("it has numbers of another type than belong there");

    private Array Numbers()
    {
        Type type = ElementTypes.Of(reader.ReadByte()) ?? throw ObjectBytes.Damaged("it has numbers of an unknown type");
        int count = reader.ReadInt32();
        long bytes = (long)count * ElementTypes.SizeOf(type);
        return count >= 0 && bytes <= Remaining
            ? ElementTypes.FromBytes(type, reader.ReadBytes((int)bytes))
            : throw ObjectBytes.Damaged("it ends too early");
    }

    /// <summary>The number of values that follow, of which each takes a byte at least.</summary>
    private int Count() => reader.ReadInt32() is var count && count >= 0 && count <= Remaining
        ? count
        : throw ObjectBytes.Damaged("it ends too early");
}
