using System.Globalization;

namespace AkidaQuant;

/// <summary>How much work an optimization takes on.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum OptimizationEffort : long
{
    /// <summary>Ranges, kernels, integers and biases, layer by layer, in closed form: seconds.</summary>
    Fast,

    /// <summary>As <see cref="Fast"/>, then distillation where bits are few: up to minutes.</summary>
    Full,
}

/// <summary>One thing that an optimization changed in a layer.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Kind">The class of the layer.</param>
/// <param name="Change">What was changed: <c>kernel</c>, <c>bias</c>, <c>range</c>, <c>bits</c> and so on.</param>
/// <param name="Before">What it was, or an error before, in words.</param>
/// <param name="After">What it is, or the error after, in words.</param>
public sealed record OptimizationChange(string Model, string Layer, string Kind, string Change, string Before, string After)
{
    /// <summary>The layer and what was changed: <c>relu: range, 0.5 .. 3.2 before, 0.4 .. 2.1 after</c>.</summary>
    public override string ToString() => Printable.Of($"{Layer}: {Change}, {Before} before, {After} after");
}

/// <summary>What an optimization did to a quantized model, judged on samples that it did not use.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Effort">The effort asked for.</param>
/// <param name="Count">The number of samples that kernels and ranges were fitted to.</param>
/// <param name="HeldBack">The number of samples held back to judge the result; 0 where too few were given to hold any back.</param>
/// <param name="ErrorBefore">
/// The relative L2 error of the outputs on the held-back samples, to those of the float network, of the model that came in.
/// </param>
/// <param name="ErrorAfter">The same error of the model that came out; never greater.</param>
/// <param name="Changes">What was changed, layer by layer; nothing where the model that came in was no worse and came back.</param>
public sealed record OptimizationReport(
    string Model,
    OptimizationEffort Effort,
    int Count,
    int HeldBack,
    double ErrorBefore,
    double ErrorAfter,
    ValueList<OptimizationChange> Changes)
{
    /// <summary>Whether the model that came out is another one than the model that came in.</summary>
    public bool IsImproved => Changes.Count > 0;

    /// <summary>The errors: <c>relative error 0.312 to 0.041 on 250 held-back samples</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"relative error {ErrorBefore:0.####} to {ErrorAfter:0.####} on {(HeldBack > 0 ? HeldBack : Count)} {(HeldBack > 0 ? "held-back" : "fitted")} samples");
}
