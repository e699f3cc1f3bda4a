using System.IO.Compression;
using System.Text;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Formats.AkidaFiles;
using AkidaQuant.Formats.Files;
using AkidaQuant.Geometry;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Akida;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Vectors;
using AkidaQuant.Text;
using CsCheck;

namespace AkidaQuant.Tests.Formats.AkidaFiles;

/// <summary>Files of Akida models: all that a model is comes back, and what is wrong with a file is said.</summary>
public sealed class AkidaFileTests : TemporaryFolder
{
    public static TheoryData<string> Classes => [.. AkidaLayerClasses.Names];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Layers_of_every_class_come_back_with_any_parameters(string className)
    {
        Type type = AkidaLayerClasses.Find(className)!;
        Gen.Int.Sample(
            seed =>
            {
                Random random = new(seed);
                object layer = Chosen(type, random);
                AkidaLayer expected = (AkidaLayer)layer with { Name = "n\u00e9\"\n", Inbounds = ["a", "b"] };

                // What learns has parameters that go together.
                expected = expected is AkidaFullyConnected { Learning: { } learning } dense
                    ? dense with { WeightsBits = 1, Learning = learning with { NumClasses = dense.Units } }
                    : expected;
                expected.Check();
                string text = PythonJson.ToLine(new OrderedDictionary<string, object?>
                {
                    ["class"] = className,
                    ["name"] = expected.Name,
                    ["inbounds"] = expected.Inbounds.ToList(),
                    ["parameters"] = AkidaFileWriter.Parameters(expected),
                });
                AkidaLayer read = ParameterReader.Read(ManifestMap.Of(
                    "x.akq", "layer 0", PythonJsonReader.Parse(text), "class", "name", "inbounds", "parameters"));
                Assert.Equal(expected.Name, read.Name);
                Assert.Equal(expected.Inbounds, read.Inbounds);
                Assert.All(LayerParameters.Of(type), parameter =>
                    Assert.Equal(parameter.Property.GetValue(expected), parameter.Property.GetValue(read)));
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    public void Random_networks_come_back() => RandomNetwork.Convertible.Sample(
        network =>
        {
            SampleSet samples = network.Model.Input.Type is { } type
                ? RandomSamples.Create(network.Model.InputShape, 4, type, network.Seed)
                : RandomSamples.CreateFloats(network.Model.InputShape, 4, network.Seed, -1, 1);
            Model quantized = Quantizer.Quantize(
                network.Model, new QuantizeOptions { Parameters = network.Parameters, Samples = samples, BatchSize = 4 });
            AkidaModel model;
            try
            {
                model = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            }
            catch (QuantException refusal) when (refusal.Id.StartsWith("Akida", StringComparison.Ordinal))
            {
                return;
            }

            AkidaModel read = StoredModel.Through(model);
            StoredModel.AssertSame(model, read);
            Assert.Equal(
                Emulator.Run(model, samples).SelectMany(batch => batch.Values),
                Emulator.Run(read, samples).SelectMany(batch => batch.Values));
        },
        iter: 25,
        threads: 1);

    [Fact]
    public void Random_networks_of_Akida_1_come_back() => Gen.Int[0, 10_000].Sample(
        seed =>
        {
            (AkidaModel model, SampleSet samples) = StoredModel.OfVersion1(seed);
            AkidaModel read = StoredModel.Through(model);
            StoredModel.AssertSame(model, read);
            Assert.Equal(
                Emulator.RunPotentials(model, samples).SelectMany(batch => batch.Values),
                Emulator.RunPotentials(read, samples).SelectMany(batch => batch.Values));
            Assert.True(
                new PageReader(StoredModel.Bytes(model)).Arrays.Length
                <= model.Layers.Sum(layer => layer.Variables.Sum(variable => variable.Key.StartsWith("weights", StringComparison.Ordinal)
                    ? ((((NdArray<sbyte>)variable.Value).Shape.Size * layer.WeightBits!.Value) + 7) / 8
                    : variable.Value is NdArray<float> floats ? 4 * floats.Shape.Size : 4 * ((NdArray<int>)variable.Value).Shape.Size)));
        },
        iter: 20,
        threads: 1);

    [Fact]
    public void What_a_last_layer_learns_by_and_has_learned_comes_back()
    {
        AkidaModel model = Learning();
        AkidaModel read = StoredModel.Through(model);
        StoredModel.AssertSame(model, read);
        AkidaLearning learning = Assert.IsType<AkidaFullyConnected>(read.Layers[^1]).Learning!;
        Assert.Equal((3, 2, 0.25f), (learning.NumWeights, learning.NumClasses, learning.PlasticityDecay));
    }

    [Fact]
    public void Form_and_channels_come_back_and_are_held_against_the_input()
    {
        AkidaModel plain = Small();
        AkidaModel model = new(plain.Name, plain.IpVersion, plain.Layers)
        {
            TakesChannelsFirst = true,
            Form = new SampleForm { Shape = new Shape(2, 2, 4), Axes = [2, 0, 1], IsTurned = true, Type = IntegerType.UInt8 },
        };
        AkidaModel read = StoredModel.Through(model);
        StoredModel.AssertSame(model, read);
        Assert.Equal("SampleFormInvalid", Refusal("\"axes\": [2, 0, 1]", "\"axes\": [2, 0, 0]", model));
    }

    [Fact]
    public void A_diagonal_is_stored_as_such()
    {
        sbyte[] diagonal = [.. Enumerable.Range(0, 32).Select(i => (sbyte)(i - 16))];
        NdArray<sbyte> full = new(new Shape(1, 1, 32, 32), new sbyte[32 * 32]);
        for (int i = 0; i < diagonal.Length; i++)
        {
            full.Values[i * 33] = diagonal[i];
        }

        AkidaModel Model(NdArray<sbyte> weights) => Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputData { Name = "in", InputShape = new Shape(2, 2, 32), InputBits = 8, InputSigned = true },
            new AkidaConv2D
            {
                Name = "scale", Inbounds = ["in"], Filters = 32, KernelSize = 1, Variables = Emulation.Variables(("weights", weights)),
            });

        AkidaModel held = Model(new NdArray<sbyte>(full.Shape, []) { Diagonal = diagonal });
        byte[] content = StoredModel.Bytes(held);
        Assert.Equal(content, StoredModel.Bytes(Model(full)));
        Assert.Equal(32, new PageReader(content).Arrays.Length);
        AkidaModel read = StoredModel.Read(content);
        StoredModel.AssertSame(Model(full), read);
        Assert.NotNull(read["scale"].Variables.Find<sbyte>("weights")!.Diagonal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    public void Weights_take_their_bits(int bits, int stored)
    {
        int top = bits == 1 ? 1 : (1 << (bits - 1)) - 1;
        int[] values = [.. Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? top : bits == 1 ? 0 : -top)];
        byte[] content = StoredModel.Bytes(Dense(bits, values));
        PageReader page = new(content);
        Assert.Equal(400 * stored / 8, page.Arrays.Length);
        Assert.Equal(values, page.Model.Layers[1].Variables[0].Values.Select(value => (int)value));
    }

    [Fact]
    public void The_file_is_replaced_whole_or_not_at_all()
    {
        AkidaModel model = Small();
        string path = PathOf("net.akq");
        AkidaFile.Write(model, path, TestContext.Current.CancellationToken);
        byte[] whole = File.ReadAllBytes(path);
        Assert.Throws<OperationCanceledException>(() => AkidaFile.Write(model, path, new CancellationToken(canceled: true)));
        Assert.Equal("AkidaVariableRange", IdOf(() => AkidaFile.Write(Dense(4, [99, 1]), path)));
        Assert.Equal("ModelFormatUnknown", IdOf(() => AkidaFile.Write(model, PathOf("net.fbz"))));
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Folder));
        Assert.Throws<OperationCanceledException>(
            () => AkidaFile.Read(path, new ModelReadOptions { Cancellation = new CancellationToken(canceled: true) }));
        StoredModel.AssertSame(model, AkidaFile.Read(path));
    }

    /// <summary>Each kind of what can be wrong with a file, by its own error.</summary>
    [Theory]
    [InlineData("\"format_version\": 1", "\"format_version\": 2", "AkidaFileNewer")]
    [InlineData("\"format_version\": 1", "\"format_version\": 0", "AkidaFileInvalid")]
    [InlineData("AkidaQuant Akida model", "Another model", "AkidaFileInvalid")]
    [InlineData("\"takes_channels_first\": false, ", "", "AkidaFileInvalid")]
    [InlineData("\"takes_channels_first\": false", "\"takes_channels_first\": false, \"more\": 1", "AkidaFileInvalid")]
    [InlineData("\"akida_version\": 2", "\"akida_version\": 3", "AkidaFileInvalid")]
    [InlineData("\"class\": \"Conv2D\"", "\"class\": \"Conv9D\"", "AkidaLayerClassUnknown")]
    [InlineData("\"kernel_stride\": 1", "\"kernel_stride\": 0", "AkidaParameterInvalid")]
    [InlineData("\"output_bits\": 8", "\"output_bits\": 63", "AkidaParameterInvalid")]
    [InlineData("\"output_bits\": 8", "\"output_bits\": 99999999999", "AkidaParameterInvalid")]
    [InlineData("\"activation\": \"ReLU\"", "\"activation\": \"Tanh\"", "AkidaParameterInvalid")]
    [InlineData("\"filters\": 2, ", "", "AkidaParameterInvalid")]
    [InlineData("\"filters\": 2", "\"filters\": 2, \"fifo_size\": 2", "AkidaParameterInvalid")]
    [InlineData("\"input_shape\": [4, 4, 1]", "\"input_shape\": [4, 4, 2000000]", "AkidaParameterInvalid")]
    [InlineData("\"input_shape\": [4, 4, 1]", "\"input_shape\": [4, 4, 3]", "AkidaVariableShape")]
    [InlineData("\"inbounds\": [\"in\"]", "\"inbounds\": [\"out\"]", "AkidaInboundMissing")]
    [InlineData("\"stored\": \"int4\"", "\"stored\": \"int32\"", "AkidaFileInvalid")]
    [InlineData("\"stored\": \"int4\"", "\"stored\": \"int8\"", "AkidaFileAltered")]
    [InlineData("\"shape\": [3, 3, 1, 2]", "\"shape\": [3, 3, 1, 1]", "AkidaFileAltered")]
    [InlineData("\"shape\": [3, 3, 1, 2]", "\"shape\": [3, 3, 1, -2]", "AkidaFileInvalid")]
    [InlineData("\"shape\": [3, 3, 1, 2]", "\"shape\": [60000, 30000]", "ModelTooLarge")]
    [InlineData("\"state\": []", "\"state\": [[4, 4, 1]]", "AkidaFileInvalid")]
    [InlineData("\"name\": \"out\"", "\"name\": \"in\"", "AkidaLayerNameTwice")]
    [InlineData("\"format_version\": 1", "\"format_version\": 1.5", "AkidaFileInvalid")]
    public void What_is_wrong_with_a_description_is_said(string text, string other, string id) =>
        Assert.Equal(id, Refusal(text, other, Small()));

    [Fact]
    public void Models_of_endless_layers_and_names_are_refused()
    {
        string layers = string.Concat(Enumerable.Repeat("{\"class\": \"Add\"}, ", 16_384));
        Assert.Equal("AkidaFileInvalid", Refusal("\"layers\": [", "\"layers\": [" + layers, Small()));
        Assert.Equal("AkidaFileInvalid", Refusal("\"name\": \"model\"", $"\"name\": \"{new string('n', 5000)}\"", Small()));
    }

    [Fact]
    public void Weights_beyond_their_bits_are_refused() =>
        Assert.Equal("AkidaVariableRange", Refusal("\"weights_bits\": 4", "\"weights_bits\": 2", Small()));

    [Fact]
    public void Files_of_other_kinds_are_refused_with_what_to_do()
    {
        byte[] whole = StoredModel.Bytes(Small());
        Assert.Equal("AkidaFileTruncated", IdOf(() => StoredModel.Read(whole[..^40])));
        Assert.Equal("AkidaFileTruncated", IdOf(() => StoredModel.Read(whole[..(whole.Length / 2)])));
        Assert.Equal("AkidaFileTruncated", IdOf(() => StoredModel.Read([])));
        Assert.Equal("NotAnAkidaFile", IdOf(() => StoredModel.Read([1, 2, 3, 4])));
        byte[] pointer = Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\n");
        Assert.Equal("GitLfsPointer", IdOf(() => StoredModel.Read(pointer)));
        Assert.Equal("NotAnAkidaFile", IdOf(() => StoredModel.Read(Zip(("a.txt", new byte[3])))));
        Assert.Equal("FileNotFound", IdOf(() => AkidaFile.Read(PathOf("none.akq"))));
        byte[] altered = [.. whole];
        altered[Encoding.ASCII.GetString(whole).IndexOf("Conv2D", StringComparison.Ordinal)] = (byte)'K';
        Assert.Equal("AkidaFileAltered", IdOf(() => StoredModel.Read(altered)));
        byte[] longer = AkidaFileDamageTests.Summed(whole, members => members["arrays.bin"] = [.. members["arrays.bin"], 0]);
        Assert.Equal("AkidaFileAltered", IdOf(() => StoredModel.Read(longer)));
        foreach (string extension in new[] { ".h5", ".onnx", ".fbz", ".txt" })
        {
            QuantException error = Assert.Throws<QuantException>(() => AkidaFile.Read(Write($"net{extension}", "x")));
            Assert.Equal("ModelFormatUnknown", error.Id);
            Assert.Contains(extension == ".txt" ? "Export-AkidaModel" : "Import-QuantModel", error.Message, StringComparison.Ordinal);
        }

        QuantException reverse = Assert.Throws<QuantException>(() => AkidaQuant.Formats.ModelReader.Read(PathOf("net.akq")));
        Assert.Contains("Import-AkidaModel", reverse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_are_packed_are_read_and_bombs_are_not()
    {
        AkidaModel model = Dense(8, [.. Enumerable.Repeat(0, 1 << 20)]);
        byte[] packed = AkidaFileDamageTests.Summed(StoredModel.Bytes(model), _ => { }, isPacked: true);
        Assert.True(packed.Length < 20_000);
        StoredModel.AssertSame(model, StoredModel.Read(packed));
        QuantException error = Assert.Throws<QuantException>(() => StoredModel.Read(packed, maxSize: 1 << 19));
        Assert.Equal("ModelTooLarge", error.Id);
        Assert.Contains("-MaxSize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_double_their_channels_are_counted()
    {
        List<AkidaLayer> layers = [new AkidaInputData { Name = "l0", InputShape = new Shape(1, 1, 1), InputBits = 4 }];
        for (int i = 1; i < 14; i++)
        {
            layers.Add(new AkidaConcatenate { Name = $"l{i}", Inbounds = [$"l{i - 1}", $"l{i - 1}"] });
        }

        AkidaModel model = new("deep", AkidaVersion.V2, layers);
        StoredModel.AssertSame(model, StoredModel.Through(model));
        Assert.Equal("ModelTooLarge", Refusal("\"input_shape\": [1, 1, 1]", "\"input_shape\": [1, 1, 4096]", model));
    }

    [Fact]
    public void The_shape_of_the_state_is_in_the_file()
    {
        AkidaModel model = AkidaConverter.Convert(VectorCase.Open("temporal_buffers").ReadModel("quantized.h5"), AkidaVersion.V2);
        string manifest = Encoding.ASCII.GetString(new PageReader(StoredModel.Bytes(model)).Manifest);
        PlanStep<AkidaLayer> step = model.Plan.Steps.First(step => step.Prepared.State.Count > 0);
        Assert.Contains($"\"state\": [[{string.Join(", ", step.Prepared.State[0].Shape)}]]", manifest, StringComparison.Ordinal);
        Assert.True(StoredModel.Through(model).IsStateful);
    }

    private static AkidaModel Small() => Emulation.Model(
        AkidaVersion.V2,
        new AkidaInputData { Name = "in", InputShape = new Shape(4, 4, 1), InputBits = 8, InputSigned = true },
        new AkidaConv2D
        {
            Name = "out",
            Inbounds = ["in"],
            Filters = 2,
            KernelSize = 3,
            WeightsBits = 4,
            Padding = Padding.Same,
            Variables = Emulation.Variables(
                ("weights", Emulation.Weights([3, 3, 1, 2], [.. Enumerable.Range(-7, 18).Select(i => Math.Min(i, 7))]))),
        });

    private static AkidaModel Dense(int bits, int[] values) => Emulation.Model(
        AkidaVersion.V2,
        new AkidaInputData { Name = "in", InputShape = new Shape(1, 1, values.Length / 2), InputBits = 8, InputSigned = true },
        new AkidaDense1D
        {
            Name = "fc",
            Inbounds = ["in"],
            Units = 2,
            WeightsBits = bits,
            Variables = Emulation.Variables(("weights", Emulation.Weights([values.Length / 2, 2], values))),
        });

    private static AkidaModel Learning() => Emulation.Model(
        AkidaVersion.V1,
        new AkidaInputData { Name = "in", InputShape = new Shape(1, 1, 5), InputBits = 1 },
        new AkidaFullyConnected
        {
            Name = "learn",
            Inbounds = ["in"],
            Units = 4,
            Activation = false,
            Learning = new AkidaLearning { NumWeights = 3, NumClasses = 2, InitialPlasticity = 0.9f, MinPlasticity = 0.05f },
            Variables = Emulation.Variables(
                ("weights", Emulation.Weights([1, 1, 5, 4], [.. Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? 1 : 0)])),
                ("threshold_learning", new[] { 0, 3, 70000, 5 }),
                ("plasticity", new[] { 0.1f, 1f, 0.333333343f, float.Epsilon })),
        });

    private static byte[] Zip(params (string Name, byte[] Content)[] members)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream member = archive.CreateEntry(name).Open();
                member.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>An object of a class with random values of what can be set.</summary>
    private static object Chosen(Type type, Random random)
    {
        object owner = LayerParameters.Create(type);
        foreach (LayerParameter parameter in LayerParameters.Of(type))
        {
            (int min, int max) = AkidaParameterLimits.Range(parameter.Name);
            int Number() => (int)random.NextInt64(min, max + 1L);
            Type kind = parameter.Property.PropertyType;
            parameter.Property.SetValue(
                owner,
                kind == typeof(int) ? Number()
                : kind == typeof(bool) ? random.Next(2) == 0
                : kind == typeof(float) ? random.NextSingle()
                : kind == typeof((int, int)) ? (Number(), Number())
                : kind == typeof(Shape) ? new Shape(random.Next(1, 99), random.Next(1, 99), random.Next(1, 99))
                : kind.IsEnum ? Enum.GetValues(kind).GetValue(random.Next(Enum.GetValues(kind).Length))
                : random.Next(3) == 0 ? null : Chosen(kind, random));
        }

        return owner;
    }

    /// <summary>The id of the error of a file in whose description texts were replaced, checksums made right.</summary>
    private static string Refusal(string text, string other, AkidaModel model)
    {
        byte[] content = AkidaFileDamageTests.Summed(StoredModel.Bytes(model), members =>
        {
            string manifest = Encoding.ASCII.GetString(members["manifest.json"]);
            Assert.Contains(text, manifest, StringComparison.Ordinal);
            members["manifest.json"] = Encoding.ASCII.GetBytes(manifest.Replace(text, other, StringComparison.Ordinal));
        });
        QuantException error = Assert.Throws<QuantException>(() => StoredModel.Read(content, maxSize: 64 << 20));
        Assert.Contains(".akq", error.Message, StringComparison.Ordinal);
        return error.Id;
    }
}
