using AkidaQuant.Formats.Files;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// An HDF5 file read with guards (tools.md 4): its structures are checked before the library sees them, every
/// size is checked against the file before memory is taken, and every failure is one kind of exception.
/// </summary>
internal sealed class GuardedHdf5File : IDisposable
{
    private static readonly byte[] Signature = [0x89, .. "HDF\r\n"u8, 0x1A, .. "\n"u8];

    private readonly string _path;
    private readonly int _length;
    private readonly ArrayBudget _budget;
    private readonly Hdf5PatchedFile _stream;
    private readonly IH5Group _root;
    private readonly Dictionary<IH5Group, Dictionary<string, IH5Object>> _children = new(ReferenceEqualityComparer.Instance);

    private readonly CancellationToken _cancellation;
    private readonly SortedDictionary<string, int> _converted = new(StringComparer.Ordinal);

    static GuardedHdf5File()
    {
        H5Filter.Register(new LzfFilter());
        H5Filter.Register(new BoundedDeflateFilter());
        H5Filter.Register(new BoundedScaleOffsetFilter());
    }

    private GuardedHdf5File(string path, byte[] bytes, ArrayBudget budget, CancellationToken cancellation)
    {
        _budget = budget;
        _path = path;
        _length = bytes.Length;
        _cancellation = cancellation;
        _stream = Hdf5Structure.Check(bytes, Hdf5Limits.Chunked(bytes.Length, budget.Chosen)).Apply(bytes, cancellation);
        _root = H5File.Open(_stream, leaveOpen: true);
    }

    /// <summary>The group that everything is in.</summary>
    public IH5Group Root => _root;

    /// <summary>How many of the datasets read so far had each type that is not float32.</summary>
    public IReadOnlyDictionary<string, int> Converted => _converted;

    /// <summary>Opens a file from its content.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="bytes">The content.</param>
    /// <param name="budget">What its arrays may take; null for the default.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="QuantException">The content is not HDF5 or is damaged.</exception>
    public static GuardedHdf5File Open(
        string path, byte[] bytes, ArrayBudget? budget = null, CancellationToken cancellation = default)
    {
        if (!bytes.AsSpan().StartsWith(Signature))
        {
            throw new QuantException(
                "ModelFileDamaged",
                QuantErrorKind.InvalidData,
                bytes.Length == 0
                    ? $"The file '{path}' is empty. Copy or save the model again."
                    : $"The file '{path}' cannot be read as a Keras model: what should be HDF5 does not start as such, so it is another format or damaged. Save the model again with model.save('name.h5') or model.save('name.keras').",
                path);
        }

        return Guard(path, () => new GuardedHdf5File(path, bytes, budget ?? new ArrayBudget(path, bytes.Length), cancellation));
    }

    /// <summary>What is at a path below a group, null when there is nothing of that kind.</summary>
    public T? Find<T>(IH5Group group, string path)
        where T : class, IH5Object
    {
        IH5Object current = group;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (current is not IH5Group parent || !Children(parent).TryGetValue(name, out IH5Object? child))
            {
                return null;
            }

            current = child;
        }

        return current as T;
    }

    /// <summary>The names of what is in a group.</summary>
    public IReadOnlyCollection<string> Names(IH5Group group) => Children(group).Keys;

    /// <summary>The text of an attribute, null when there is no such attribute.</summary>
    public string? Text(IH5Object holder, string name) => Guard(() =>
    {
        if (!holder.AttributeExists(name))
        {
            return null;
        }

        IH5Attribute attribute = holder.Attribute(name);
        return ReadTexts(attribute, name) is [var text] ? text : throw new Hdf5DamageException($"its attribute '{name}' is not one text");
    });

    /// <summary>
    /// The texts of an attribute, or of the numbered attributes that a long list was split into; null when there are none.
    /// </summary>
    public string[]? Texts(IH5Object holder, string name) => Guard(() =>
    {
        if (holder.AttributeExists(name))
        {
            return ReadTexts(holder.Attribute(name), name);
        }

        List<string>? texts = null;
        for (int i = 0; holder.AttributeExists($"{name}{i}"); i++)
        {
            (texts ??= []).AddRange(ReadTexts(holder.Attribute($"{name}{i}"), name));
        }

        return texts?.ToArray();
    });

    /// <summary>The values of a dataset as float32.</summary>
    /// <exception cref="QuantException">
    /// <c>ModelFileDamaged</c>, or <c>ModelTooLarge</c>: with all that was read it takes more than is allowed.
    /// </exception>
    public NdArray<float> Singles(IH5Dataset dataset) =>
        Guard(() =>
        {
            _cancellation.ThrowIfCancellationRequested();
            IH5DataType type = dataset.Type;
            long count = CheckCount(dataset.Space, type.Size, dataset.Name, IsChunked(dataset));
            Shape shape = new([.. dataset.Space.Dimensions.Select(dimension => checked((int)dimension))]);
            long taken = count * sizeof(float);
            _budget.Take(taken, dataset.Name);
            H5DatasetAccess access = new(ChunkCache: new Hdf5Chunks(_budget, dataset.Name, taken));
            float[] values = count == 0 ? [] : Hdf5Numbers.Read((NativeDataset)dataset, count, access);
            if ((type.Class, type.Size) is not (H5DataTypeClass.FloatingPoint, 4))
            {
                string name = Hdf5Numbers.NameOf(type);
                _converted[name] = _converted.GetValueOrDefault(name) + 1;
            }

            return new NdArray<float>(shape, values);
        });

    /// <inheritdoc/>
    public void Dispose()
    {
        (_root as IDisposable)?.Dispose();
        _stream.Dispose();
    }

    private static bool IsChunked(IH5Dataset dataset) => dataset.Layout.Class == H5DataLayoutClass.Chunked;

    private Dictionary<string, IH5Object> Children(IH5Group group)
    {
        if (!_children.TryGetValue(group, out Dictionary<string, IH5Object>? children))
        {
            children = Guard(() =>
            {
                Dictionary<string, IH5Object> found = new(StringComparer.Ordinal);
                foreach (IH5Object child in group.Children())
                {
                    found[child.Name] = child;
                }

                return found;
            });
            _children.Add(group, children);
        }

        return children;
    }

    private string[] ReadTexts(IH5Attribute attribute, string name)
    {
        long count = CheckCount(attribute.Space, attribute.Type.Size, name, isChunked: false);
        if (count == 0)
        {
            return [];
        }

        if (attribute.Type.Class is not (H5DataTypeClass.String or H5DataTypeClass.VariableLength))
        {
            throw new Hdf5DamageException($"its attribute '{name}' is of the class {attribute.Type.Class}, not text");
        }

        string[] texts = attribute.Space.Rank == 0 ? [attribute.Read<string>()] : attribute.Read<string[]>();
        if (texts.LongLength != count || texts.Contains(null!))
        {
            throw new Hdf5DamageException($"its attribute '{name}' does not hold {count} texts");
        }

        _budget.Take(texts.Sum(text => (long)text.Length * sizeof(char)), name);
        return texts;
    }

    private long CheckCount(IH5Dataspace space, int elementSize, string name, bool isChunked)
    {
        if (space.Type == H5DataspaceType.Null)
        {
            return 0;
        }

        UInt128 count = 1;
        foreach (ulong dimension in space.Dimensions)
        {
            count = count > ulong.MaxValue ? count : count * dimension;
        }

        long limit = isChunked ? Hdf5Limits.Chunked(_length, _budget.Chosen) : _length;
        if (elementSize <= 0 || count > (ulong)Array.MaxLength || count > (ulong)limit || count * (ulong)elementSize > (ulong)limit)
        {
            throw new Hdf5DamageException(
                $"'{name}' would be larger than the file: its dimensions are ({string.Join(", ", space.Dimensions)}){(isChunked ? "; where that is right, allow its size with -MaxSize" : string.Empty)}");
        }

        return (long)count;
    }

    private T Guard<T>(Func<T> read) => Guard(_path, read);

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (QuantException or OutOfMemoryException or OperationCanceledException))
        {
            if (e is Hdf5UnsupportedException)
            {
                throw new QuantException(
                    "Hdf5NotSupported", QuantErrorKind.NotSupported, $"The model file '{path}' cannot be read: {e.Message}.", path, e);
            }

            // The library reports damage with exceptions of many types, those of broken assumptions included.
            string problem = Cause(e) is Hdf5DamageException damage ? damage.Message : "a part of it is cut off or overwritten";
            throw new QuantException(
                "ModelFileDamaged",
                QuantErrorKind.InvalidData,
                $"The model file '{path}' is damaged: {problem}. Copy or save the model again.",
                path,
                e);
        }
    }

    /// <summary>What the library wraps into exceptions of its own where it happens in a filter.</summary>
    private static Exception Cause(Exception error) => error.InnerException is { } inner ? Cause(inner) : error;
}
