using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// Makes models of descriptions: an input and a list of layers in the names of Keras, from a <c>.yaml</c> or <c>.json</c> file
/// or from nested dictionaries. Weights are new ones of a seed, or those of an <c>.npz</c> file.
/// </summary>
public static class NetworkReader
{
    /// <summary>Reads a model from a file; the path of its weights is relative to it.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>NetworkFileInvalid</c>, or as <see cref="Read(IDictionary, string?, NetworkOptions?)"/>.
    /// </exception>
    public static Model Read(string path, NetworkOptions? options = null) =>
        Make(DescriptionFile.Read(path), new DescriptionSource(path), options);

    /// <summary>Makes a model of nested dictionaries and lists, such as a script has.</summary>
    /// <param name="network">The description.</param>
    /// <param name="path">The file that it was read from, for errors and the weights; null for none.</param>
    /// <param name="options">What is chosen besides.</param>
    /// <exception cref="QuantException">
    /// <c>NetworkInvalid</c>, <c>UnknownLayerClass</c>, <c>LayerArgumentUnknown</c>, <c>LayerArgumentMissing</c> and the like for what is
    /// wrong with the description, <c>NetworkTooLarge</c>, <c>InputShapeMismatch</c>, <c>WeightsMissing</c>, <c>WeightsAmbiguous</c>, or
    /// that a layer does not fit its inputs.
    /// </exception>
    public static Model Read(IDictionary network, string? path = null, NetworkOptions? options = null) =>
        Make(network, new DescriptionSource(path), options);

    /// <summary>The text of a description in a language that its caller parses.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>NetworkFileInvalid</c>.</exception>
    public static string ReadText(string path) => DescriptionFile.ReadText(path);

    private static Model Make(object? tree, DescriptionSource source, NetworkOptions? options)
    {
        NetworkDescription network = DescriptionParser.Parse(tree, source, options?.Output);
        if (options?.InputShape is { } shape)
        {
            shape = OpenShape.Complete(source.Path ?? network.Name, network.Input.Shape, shape);
            network = network with { Input = network.Input with { Shape = shape } };
        }

        Model model = NetworkAssembler.Assemble(network, out IReadOnlyDictionary<string, LayerEntry> entries);
        using IWeightSource weights = OpenWeights(network, model, options);
        return WeightFiller.Fill(model, entries, source, weights, options?.MaxSize ?? ArrayBudget.Least);
    }

    private static IWeightSource OpenWeights(NetworkDescription network, Model model, NetworkOptions? options)
    {
        if (options?.Weights is { } given)
        {
            if (options.Seed is not null)
            {
                throw new QuantException(
                    "WeightsAmbiguous",
                    QuantErrorKind.InvalidArgument,
                    $"The weights of '{DescriptionSource.Shorten(network.Name)}' would come from '{given}', and new ones of a seed are asked for too. Give either the file or the seed.",
                    given);
            }

            return Stored(given);
        }

        if (network.Weights is { } written && options?.Seed is null)
        {
            return Stored(network.Source.Folder is { } folder ? Path.Combine(folder, written) : written);
        }

        ulong seed = options?.Seed ?? network.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        if (model.GraphLayers.Any(layer => layer.Variables.Count > 0))
        {
            string news = string.Create(
                CultureInfo.InvariantCulture, $"The weights of '{DescriptionSource.Shorten(model.Name)}' are new ones of the seed {seed}");
            if (options?.Warning is { } warn && (options.Seed ?? network.Seed) is null)
            {
                string place = network.Source.Path is { } path ? $"The file '{path}'" : "The description";
                warn(
                    $"{news}: nobody trained them. {place} has none; its key 'weights' can name an .npz file of them, which Export-QuantModel -IncludeWeight writes, and 'seed' says that new ones are meant.");
            }
            else
            {
                options?.Report?.Invoke($"{news}.");
            }
        }

        return new NewWeights(seed, options?.Cancellation ?? CancellationToken.None);

        IWeightSource Stored(string path)
        {
            options?.Report?.Invoke($"The weights of '{model.Name}' come from '{path}'.");
            return StoredWeights.Open(path, isPart: options?.Output is not null);
        }
    }
}
