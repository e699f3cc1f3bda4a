using System.Text.Json;
using AkidaQuant.Tests.House;

[assembly: AssemblyFixture(typeof(MessageFixture))]

namespace AkidaQuant.Tests.House;

/// <summary>When all tests have run, every message that one of them provoked, here or in a shell, is held against the rule.</summary>
public sealed class MessageFixture : IDisposable
{
    /// <summary>The folder in which shells leave their messages.</summary>
    internal static string Folder { get; } = Directory.CreateTempSubdirectory("messages").FullName;

    /// <summary>The messages of shells that have left some.</summary>
    internal static IEnumerable<string> OfShells() =>
        Directory.GetFiles(Folder).SelectMany(File.ReadLines).Select(line => JsonSerializer.Deserialize<string>(line)!);

    public void Dispose()
    {
        string[] messages =
        [
            .. OfShells().Concat(MessageWatch.Messages).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        Directory.Delete(Folder, recursive: true);
        Console.Error.WriteLine($"The tests provoked {messages.Length} messages of errors.");
        Findings.AssertNone(
            from message in messages
            let offence = MessageRule.Offence(message)
            where offence is not null
            select $"A message {offence}: {message}");
    }
}
