using System.Globalization;

namespace AkidaQuant.Layers;

/// <summary>An argument of an operator's call: a tensor, or a constant as files hold it.</summary>
/// <param name="Name">The name; null for the first argument.</param>
/// <param name="IsTensor">Whether it is a tensor, the next input of the layer.</param>
/// <param name="Value">The constant: a number, a text, a boolean, null, or a list of such.</param>
public sealed record OperatorArgument(string? Name, bool IsTensor, object? Value = null)
{
    /// <summary>The name and what it is: <c>axis = 1</c>, <c>x = tensor</c>.</summary>
    public override string ToString()
    {
        string value = IsTensor ? "tensor" : Value is IReadOnlyList<object?> list ? $"[{string.Join(", ", list)}]" : Text(Value);
        return Printable.Of(Name is null ? value : $"{Name} = {value}");
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";
}
