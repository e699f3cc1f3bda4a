using System.Text.Json;

namespace AkidaQuant.Text;

/// <summary>JSON that gives a key twice, of which readers take the first or the last, each as it likes.</summary>
internal sealed class RepeatedKeyException(string message) : JsonException(message);
