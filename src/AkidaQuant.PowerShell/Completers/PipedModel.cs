using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Finds the layers of the model that a command will get, whose pipeline has not run yet.</summary>
internal static class PipedModel
{
    private const string Import = "Import-QuantModel";

    /// <summary>
    /// The names of the layers: of the model that is given as an argument, that the pipeline begins with, or that an
    /// Import-QuantModel before the command will read.
    /// </summary>
    /// <param name="given">The argument for the model; null for none.</param>
    /// <param name="command">The command.</param>
    public static IReadOnlyList<string> LayerNames(object? given, CommandAst command)
    {
        // Behind a pipe the first argument is none for the model, whatever a binder makes of it that does not see the pipe.
        given = command.Parent is PipelineAst { PipelineElements: [var first, ..] } && first != command
            ? null
            : (given as PSObject)?.BaseObject ?? given
                ?? StaticParameterBinder.BindCommand(command, resolve: true).BoundParameters.GetValueOrDefault("Model")?.Value;
        return given switch
        {
            Model model => ModelFileNames.Of(model),
            AkidaModel model => Names(model),
            string path => OfFile(path),
            Ast ast => Of(ast),
            null when command.Parent is PipelineAst pipeline => pipeline.PipelineElements
                .TakeWhile(element => element != command)
                .Reverse()
                .Select(element => Of(element, pipeline))
                .FirstOrDefault(names => names.Count > 0) ?? [],
            _ => [],
        };
    }

    /// <summary>The Akida model that a command will get: the argument for it, or what the pipeline begins with; null for none.</summary>
    /// <param name="given">The argument for the model; null for none.</param>
    /// <param name="command">The command.</param>
    public static AkidaModel? Akida(object? given, CommandAst command) =>
        command.Parent is PipelineAst { PipelineElements: [var first, ..] } && first != command
            ? first is CommandExpressionAst { Expression: var piped } ? SessionValues.Value(piped) as AkidaModel : null
            : ((given as PSObject)?.BaseObject ?? given
                ?? StaticParameterBinder.BindCommand(command, resolve: true).BoundParameters.GetValueOrDefault("Model")?.Value) switch
            {
                AkidaModel model => model,
                ExpressionAst expression => SessionValues.Value(expression) as AkidaModel,
                _ => null,
            };

    private static string[] Names(AkidaModel model) => [.. model.Layers.Select(layer => layer.Name)];

    private static IReadOnlyList<string> Of(CommandBaseAst element, PipelineAst pipeline) => element switch
    {
        CommandExpressionAst { Expression: var expression } => Of(expression),
        CommandAst command when IsImport(command) => Arguments(command) is { Length: > 0 } path
            ? OfFile(path)
            : pipeline.PipelineElements.TakeWhile(other => other != command).LastOrDefault() is CommandExpressionAst before
                && SessionValues.Value(before.Expression) is { } file
                ? OfFile(file is FileInfo info ? info.FullName : file.ToString() ?? string.Empty)
                : [],
        _ => [],
    };

    private static IReadOnlyList<string> Of(Ast ast) => ast switch
    {
        ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [.., var last] } inner } => Of(last, inner),
        ExpressionAst expression => SessionValues.Value(expression) switch
        {
            Model model => ModelFileNames.Of(model),
            AkidaModel model => Names(model),
            string path => OfFile(path),
            _ => [],
        },
        _ => [],
    };

    private static IReadOnlyList<string> OfFile(string path) => SessionValues.FilePath(path) is { } file ? ModelFileNames.Of(file) : [];

    private static bool IsImport(CommandAst command) =>
        command.GetCommandName() is { } name && SessionValues.CommandName(name).Equals(Import, StringComparison.OrdinalIgnoreCase);

    private static string? Arguments(CommandAst command)
    {
        Dictionary<string, ParameterBindingResult> bound = StaticParameterBinder.BindCommand(command, resolve: true).BoundParameters;
        return bound.GetValueOrDefault("Path") is { } path ? Text(path)
            : bound.GetValueOrDefault("LiteralPath") is { } literal ? Text(literal)
            : null;
    }

    private static string? Text(ParameterBindingResult argument) => SessionValues.Value(argument.Value as ExpressionAst)?.ToString();
}
