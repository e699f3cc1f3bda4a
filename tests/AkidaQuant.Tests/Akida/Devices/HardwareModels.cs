using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>Makes Akida models whose weights are all zero: of rules and devices only shapes and bits matter.</summary>
internal static class HardwareModels
{
    public static AkidaInputConvolutional Image1 => new()
    {
        Name = "image", InputShape = new Shape(8, 8, 3), Filters = 4, KernelSize = (3, 3), WeightsBits = 8, ActBits = 4,
    };

    public static AkidaConvolutional Conv1 => new() { Name = "conv", Filters = 4, KernelSize = (3, 3), WeightsBits = 4, ActBits = 4 };

    public static AkidaSeparableConvolutional Separable1 => new()
    {
        Name = "separable", Filters = 4, KernelSize = (3, 3), WeightsBits = 4, ActBits = 4,
    };

    public static AkidaFullyConnected Full1 => new() { Name = "full", Units = 3, WeightsBits = 4, Activation = false };

    public static AkidaInputConv2D Image2 => new() { Name = "image", InputShape = new Shape(8, 8, 3), Filters = 4, KernelSize = 3 };

    public static AkidaConv2D Conv2 => new() { Name = "conv", Filters = 4, KernelSize = 3 };

    public static AkidaDepthwiseConv2D Depthwise2 => new() { Name = "depthwise", KernelSize = 3 };

    public static AkidaConv2DTranspose Transposed2 => new() { Name = "transposed", Filters = 4, KernelSize = 3 };

    public static AkidaDense1D Dense2 => new() { Name = "dense", Units = 3 };

    public static AkidaBufferTempConv Frames2 => new() { Name = "frames", Filters = 4, FifoSize = 4 };

    public static AkidaStatefulRecurrent Recurrent => new() { Name = "recurrent", StatefulChannels = 8, OutputChannels = 4 };

    /// <summary>An input of low bits for Akida 1.0.</summary>
    public static AkidaInputData Data1(int rows = 8, int columns = 8, int channels = 4, int bits = 4) =>
        new() { Name = "data", InputShape = new Shape(rows, columns, channels), InputBits = bits };

    /// <summary>A signed input for Akida 2.0.</summary>
    public static AkidaInputData Data2(int rows = 8, int columns = 8, int channels = 4, int bits = 8) =>
        new() { Name = "data", InputShape = new Shape(rows, columns, channels), InputBits = bits, InputSigned = true };

    /// <summary>Layers one behind the other where they say nothing else, with weights.</summary>
    public static AkidaModel Chain(params AkidaLayer[] layers)
    {
        List<AkidaLayer> done = [];
        Dictionary<string, TensorSpec> outputs = new(StringComparer.Ordinal);
        foreach (AkidaLayer layer in layers)
        {
            AkidaLayer next = done.Count == 0 || layer.Inbounds.Count > 0 ? layer : layer with { Inbounds = [done[^1].Name] };
            TensorSpec[] inputs = done.Count == 0 ? [((IAkidaInput)next).ModelInput] : [.. next.Inbounds.Select(name => outputs[name])];
            next = next with { Variables = Weighted(next, inputs[0].Shape) };
            outputs[next.Name] = next.Prepare(inputs).Output;
            done.Add(next);
        }

        return new AkidaModel("model", layers.Any(layer => layer.Version == AkidaVersion.V1) ? AkidaVersion.V1 : AkidaVersion.V2, done);
    }

    /// <summary>AkidaNet with half the filters at 224x224 in 4 bits without its last layers (akida-model.md 3.7 E, F and 3.8).</summary>
    public static AkidaLayer[] AkidaNetHalf(bool isPooled)
    {
        int[] filters = [128, 128, 256, 256, 256, 256, 256, 256, 512, 512];
        return
        [
            Image1 with { Name = "conv_0", InputShape = new Shape(224, 224, 3), Filters = 16, KernelStride = (2, 2) },
            Conv1 with { Name = "conv_1", Filters = 32 },
            Conv1 with { Name = "conv_2", Filters = 64, KernelStride = (2, 2) },
            Conv1 with { Name = "conv_3", Filters = 64 },
            .. filters.Select((count, index) => Separable1 with
            {
                Name = $"separable_{index + 4}",
                Filters = count,
                KernelStride = index is 0 or 2 or 8 ? (2, 2) : (1, 1),
                PoolType = isPooled && index == 9 ? PoolType.Average : PoolType.NoPooling,
            }),
        ];
    }

    /// <summary>A device of some nodes.</summary>
    public static AkidaDevice Device(AkidaIp ip, int nodes = 64) => AkidaDevices.Create("test", ip, nodes);

    private static AkidaVariables Weighted(AkidaLayer layer, Shape input)
    {
        AkidaVariables variables = layer.Variables.Clone();
        (string Name, int[] Shape)[] weights = layer switch
        {
            AkidaSeparableConvolutional own =>
                [("weights", [own.KernelSize.Height, own.KernelSize.Width, input[2], 1]), ("weights_pw", [1, 1, input[2], own.Filters])],
            AkidaV1Convolution own => [("weights", [own.KernelSize.Height, own.KernelSize.Width, input[2], own.Filters])],
            AkidaFullyConnected own => [("weights", [1, 1, input.Size, own.Units])],
            AkidaInputConv2D own => [("weights", [own.KernelSize, own.KernelSize, input[2], own.Filters])],
            AkidaConv2D own => [("weights", [own.KernelSize, own.KernelSize, input[2], own.Filters])],
            AkidaDepthwiseConv2D own => [("weights", [own.KernelSize, own.KernelSize, input[2], 1])],
            AkidaConv2DTranspose own => [("weights", [own.KernelSize, own.KernelSize, input[2], own.Filters])],
            AkidaDepthwiseConv2DTranspose own => [("weights", [own.KernelSize, own.KernelSize, input[2], 1])],
            AkidaDense1D own => [("weights", [input.Size, own.Units])],
            AkidaBufferTempConv own => [("weights", [1, 1, own.FifoSize * input[2], own.Filters])],
            AkidaDepthwiseBufferTempConv own => [("weights", [1, 1, own.FifoSize, input[2]])],
            AkidaStatefulRecurrent own =>
                [("in_proj", [input[2], own.StatefulChannels]), ("out_proj", [own.StatefulChannels, own.OutputChannels])],
            _ => [],
        };
        foreach ((string name, int[] shape) in weights)
        {
            variables.Add(name, NdArray<sbyte>.Filled(new Shape(shape), 0));
        }

        if (layer is AkidaStatefulRecurrent recurrent)
        {
            variables.Add("A_real", NdArray<short>.Vector(new short[recurrent.StatefulChannels]));
            variables.Add("A_imag", NdArray<short>.Vector(new short[recurrent.StatefulChannels]));
        }

        if (layer is AkidaIntegerLayer { Activation: ActivationType.LUT })
        {
            variables.Add("lut_values", NdArray<int>.Vector(new int[AkidaIntegerLayer.LutEntries]));
        }

        return variables;
    }
}
