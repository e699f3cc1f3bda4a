using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AkidaQuant.Text;

namespace AkidaQuant;

/// <summary>
/// A dictionary of settings, in order. A key is found as it is written, or else by the only one that differs in case. What is
/// assigned is checked, and copied; keys, values and entries are given as they are at that moment, so entries can be removed on the way.
/// </summary>
public abstract class SettingDictionary : IDictionary<string, object?>, IReadOnlyDictionary<string, object?>, IDictionary
{
    private readonly OrderedDictionary<string, object?> _entries = new(StringComparer.Ordinal);

    private protected SettingDictionary()
    {
    }

    /// <summary>
    /// Takes a value out of what the caller's language wraps it in, at any depth; nothing unless set. PowerShell wraps values, and
    /// has objects that are nothing but properties.
    /// </summary>
    public static Func<object, object?>? Unwrap { get; set; }

    /// <summary>The number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>The keys, in order.</summary>
    public IReadOnlyList<string> Keys => [.. _entries.Keys];

    /// <summary>The values, in the order of the keys.</summary>
    public IReadOnlyList<object?> Values => [.. _entries.Values];

    ICollection<string> IDictionary<string, object?>.Keys => [.. _entries.Keys];

    ICollection<object?> IDictionary<string, object?>.Values => [.. _entries.Values];

    IEnumerable<string> IReadOnlyDictionary<string, object?>.Keys => Keys;

    IEnumerable<object?> IReadOnlyDictionary<string, object?>.Values => Values;

    ICollection IDictionary.Keys => _entries.Keys.ToArray();

    ICollection IDictionary.Values => _entries.Values.ToArray();

    bool ICollection<KeyValuePair<string, object?>>.IsReadOnly => false;

    bool IDictionary.IsReadOnly => false;

    bool IDictionary.IsFixedSize => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    /// <summary>The value of a key; null when there is no such key, as in other dictionaries of PowerShell.</summary>
    /// <exception cref="QuantException">The key or the value that is assigned is none of these settings.</exception>
    public object? this[string key]
    {
        get => Find(key) is { } found ? _entries[found] : null;
        set
        {
            string found = Find(key) ?? NewKey(key);
            _entries[found] = Checked(found, Plain(value));
        }
    }

    object? IDictionary.this[object key]
    {
        get => this[Text(key)];
        set => this[Text(key)] = value;
    }

    /// <summary>Adds an entry.</summary>
    /// <exception cref="QuantException">There is one already, or the key or the value is none of these settings.</exception>
    public void Add(string key, object? value)
    {
        string added = NewKey(key);
        if (_entries.ContainsKey(added))
        {
            throw new QuantException(
                "ConfigKeyTwice",
                QuantErrorKind.InvalidArgument,
                $"There is an entry '{added}' already. Assign to it, or remove it first.",
                added);
        }

        _entries.Add(added, Checked(added, Plain(value)));
    }

    /// <summary>Adds an entry unless there is one; whether it was added.</summary>
    /// <exception cref="QuantException">The key or the value is none of these settings.</exception>
    public bool TryAdd(string key, object? value)
    {
        if (ContainsKey(key))
        {
            return false;
        }

        Add(key, value);
        return true;
    }

    /// <summary>Whether there is such a key.</summary>
    public bool ContainsKey(string key) => Find(key) is not null;

    /// <summary>Whether there is such a key.</summary>
    public bool Contains(object key) => ContainsKey(Text(key));

    /// <summary>Gets the value of a key, where there is one.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        value = this[key];
        return ContainsKey(key);
    }

    /// <summary>The value of a key, or another one where there is no such key.</summary>
    public object? GetValueOrDefault(string key, object? other = null) => Find(key) is { } found ? _entries[found] : other;

    /// <summary>The entry at a position.</summary>
    public KeyValuePair<string, object?> GetAt(int index) => _entries.GetAt(index);

    /// <summary>Removes an entry; whether there was one.</summary>
    public bool Remove(string key) => Find(key) is { } found && _entries.Remove(found);

    /// <summary>Removes all entries.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>The entries, in order.</summary>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, object?>>)[.. _entries]).GetEnumerator();

    /// <summary>The text as in a configuration file.</summary>
    public override string ToString() => PythonJson.ToIndented(this);

    void IDictionary.Add(object key, object? value) => Add(Text(key), value);

    void IDictionary.Remove(object key) => Remove(Text(key));

    IDictionaryEnumerator IDictionary.GetEnumerator() =>
        ((IDictionary)new OrderedDictionary<string, object?>(_entries, StringComparer.Ordinal)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<string, object?>>.Add(KeyValuePair<string, object?> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object?>>.Contains(KeyValuePair<string, object?> item) => _entries.Contains(item);

    bool ICollection<KeyValuePair<string, object?>>.Remove(KeyValuePair<string, object?> item) =>
        _entries.Contains(item) && _entries.Remove(item.Key);

    void ICollection<KeyValuePair<string, object?>>.CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object?>>)_entries).CopyTo(array, arrayIndex);

    void ICollection.CopyTo(Array array, int index) => ((ICollection)_entries).CopyTo(array, index);

    /// <summary>The key that a new entry gets.</summary>
    /// <exception cref="QuantException">There is none of this name.</exception>
    private protected abstract string NewKey(string key);

    /// <summary>The value as an entry keeps it: of its own, so that nothing else changes it.</summary>
    /// <exception cref="QuantException">The key takes no such value.</exception>
    private protected abstract object? Checked(string key, object? value);

    /// <summary>Adds all entries of a dictionary, each under its own key, even where two differ in case alone.</summary>
    private protected void AddAll(IDictionary values)
    {
        foreach (DictionaryEntry entry in values)
        {
            Add(Text(entry.Key), entry.Value);
        }
    }

    /// <summary>The value of exactly this key; null when there is none.</summary>
    private protected object? Exactly(string key) => _entries.GetValueOrDefault(key);

    private static object? Plain(object? value) => value is null or string or SettingDictionary || Unwrap is null ? value : Unwrap(value);

    private static string Text(object key) => Convert.ToString(key, CultureInfo.InvariantCulture) ?? string.Empty;

    private string? Find(string key)
    {
        if (_entries.ContainsKey(key))
        {
            return key;
        }

        string[] alike = [.. _entries.Keys.Where(other => other.Equals(key, StringComparison.OrdinalIgnoreCase)).Take(2)];
        return alike is [var only] ? only : null;
    }
}
