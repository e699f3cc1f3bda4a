using System.Reflection;
using AkidaQuant.Kernels.Lanes;
using Xunit.Sdk;
using Xunit.v3;

namespace AkidaQuant.Tests.Kernels;

/// <summary>
/// Runs a test once under each instruction set that this processor has. The argument is the set's name in the variable, since
/// test methods are public and the sets are not.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachInstructionSetAttribute : DataAttribute
{
    /// <summary>Whether the form without vectors is among them.</summary>
    public bool WithPlain { get; set; } = true;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. InstructionSets.Supported
            .Where(set => WithPlain || set != InstructionSet.Plain)
            .Select(set => new TheoryDataRow<string>(InstructionSets.NameOf(set)))]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
