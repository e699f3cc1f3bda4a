using System.Globalization;
using PureHDF;
using PureHDF.VOL.Native;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>What is in an HDF5 file, as text: every group, attribute, type and value, but the descriptions of models.</summary>
internal static class Hdf5Listing
{
    private static readonly string[] Descriptions = ["model_config"];

    public static string Attribute(string path, string name)
    {
        using NativeFile file = H5File.OpenRead(path);
        return file.Attribute(name).Read<string>();
    }

    public static string[] Of(string path) => Of(File.ReadAllBytes(path));

    public static string[] Of(byte[] content)
    {
        using MemoryStream stream = new(content);
        using NativeFile file = H5File.Open(stream);
        List<string> lines = [];
        Add(lines, "/", file);
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static void Add(List<string> lines, string path, IH5Object item)
    {
        foreach (IH5Attribute attribute in item.Attributes().Where(attribute => !Descriptions.Contains(attribute.Name)))
        {
            string[] values =
                attribute.Space.Dimensions.Contains(0ul) ? []
                : attribute.Space.Rank == 0 ? [attribute.Read<string>()]
                : attribute.Read<string[]>();
            lines.Add(
                $"{path}@{attribute.Name}: {attribute.Type.Class} {attribute.Type.Size} ({Dimensions(attribute.Space)}) {string.Join(' ', values)}");
        }

        if (item is IH5Dataset dataset)
        {
            float[] values = dataset.Space.Rank == 0 ? [dataset.Read<float>()] : dataset.Read<float[]>();
            lines.Add(
                $"{path}: {dataset.Type.Class} {dataset.Type.Size} {dataset.Layout.Class} {dataset.Space.Type} ({Dimensions(dataset.Space)}) {string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}");
        }
        else
        {
            lines.Add(path);
            foreach (IH5Object child in ((IH5Group)item).Children())
            {
                Add(lines, $"{path}{child.Name}/", child);
            }
        }
    }

    private static string Dimensions(IH5Dataspace space) => string.Join(',', space.Dimensions);
}
