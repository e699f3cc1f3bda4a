using System.Reflection;
using System.Text;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Vectors;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Objects;

/// <summary>Objects that go to another process as bytes.</summary>
public sealed class ObjectBytesTests
{
    [Theory]
    [MemberData(nameof(VectorCase.All), MemberType = typeof(VectorCase))]
    public void Models_of_every_kind_come_back_to_the_bit(string name)
    {
        VectorCase vector = VectorCase.Open(name);
        AssertSame(vector.ReadModel("float.h5"));
        Model quantized = vector.ReadModel("quantized.h5");
        AssertSame(quantized);
        foreach (AkidaVersion version in Enum.GetValues<AkidaVersion>())
        {
            try
            {
                AssertSame(AkidaConverter.Convert(quantized, version));
            }
            catch (QuantException e) when (e.Id != "ObjectDamaged")
            {
                // Not each network is one of each version.
            }
        }
    }

    [Theory]
    [InlineData("digits_convnet")]
    [InlineData("digits_convnet_dynamo")]
    [InlineData("digits_resnet")]
    [InlineData("digits_resnet_int8")]
    public void ONNX_networks_and_the_integers_of_quantized_ones_come_back(string name)
    {
        AssertSame(ModelReader.Read(Repository.PathOf($"tests/vectors/onnx/{name}/float.onnx")));
        Model model = ModelReader.Read(Repository.PathOf($"tests/vectors/onnx/{name}/quantized.onnx"));
        AssertSame(model);
        AkidaModel akida = AkidaConverter.Convert(model, AkidaVersion.V2);
        AssertSame(akida);
        Assert.Equal(akida.TakesChannelsFirst, ((AkidaModel)ObjectBytes.Read(ObjectBytes.Write(akida))).TakesChannelsFirst);
    }

    [Fact]
    public void A_model_remembers_what_an_optimization_did_to_it()
    {
        VectorCase vector = VectorCase.Open("concatenate");
        OptimizationChange[] changes =
        [
            new("net", "a", "QuantizedDense", "bias", "0.5", "0.1"),
            new("net", "b", "QuantizedReLU", "range", "2", "1"),
        ];
        OptimizationReport report = new("net", OptimizationEffort.Full, 750, 250, 0.3125, 0.0412, changes);
        Model model = vector.ReadModel("quantized.h5").WithFloatSource(vector.ReadModel("float.h5")).WithOptimization(report);
        Model read = AssertSame(model);
        Assert.NotNull(read.FloatSource);
        Assert.Equal(report with { Changes = read.Optimization!.Changes }, read.Optimization);
        Assert.Equal<IEnumerable<OptimizationChange>>(changes, read.Optimization.Changes);
        AssertSame(model.WithOptimization(report with { Changes = [] }));
    }

    [Fact]
    public void Random_networks_come_back_and_so_does_the_float_network_that_they_remember() =>
        RandomNetwork.Any.Sample(
            network =>
            {
                SampleSet samples = network.Model.Input.Type is { } type
                    ? RandomSamples.Create(network.Model.InputShape, 6, type, network.Seed)
                    : RandomSamples.CreateFloats(network.Model.InputShape, 6, network.Seed, -1, 1);
                Model quantized = Quantizer.Quantize(
                    network.Model, new QuantizeOptions { Parameters = network.Parameters, Samples = samples, BatchSize = 3 });
                Model read = AssertSame(quantized);
                Assert.Equal(Outputs(quantized, samples), Outputs(read, samples));
                Assert.Equal(Outputs(quantized.FloatSource!, samples), Outputs(read.FloatSource!, samples));
            },
            iter: RandomNetwork.Count,
            threads: 1);

    [Fact]
    public void Arrays_that_two_models_share_are_written_once()
    {
        Model quantized = VectorCase.Open("digits_ds_cnn").ReadModel("quantized.h5");
        int alone = ObjectBytes.Write(quantized).Length;
        int twice = ObjectBytes.Write(quantized.WithFloatSource(quantized)).Length;
        Assert.True(twice < alone * 1.5, $"{twice} bytes instead of {alone}.");
    }

    [Theory]
    [InlineData("uint8")]
    [InlineData("int8")]
    [InlineData("uint16")]
    [InlineData("int16")]
    [InlineData("uint32")]
    [InlineData("int32")]
    [InlineData("uint64")]
    [InlineData("int64")]
    [InlineData("float16")]
    [InlineData("float32")]
    [InlineData("float64")]
    [InlineData("bool")]
    public void Samples_of_every_type_come_back_with_all_that_they_have(string type)
    {
        int[] numbers = [.. Enumerable.Range(0, 24).Select(i => i % 2)];
        Array values = type switch
        {
            "uint8" => Array.ConvertAll(numbers, value => (byte)value),
            "int8" => Array.ConvertAll(numbers, value => (sbyte)-value),
            "uint16" => Array.ConvertAll(numbers, value => (ushort)value),
            "int16" => Array.ConvertAll(numbers, value => (short)-value),
            "uint32" => Array.ConvertAll(numbers, value => (uint)value),
            "int32" => Array.ConvertAll(numbers, value => -value),
            "uint64" => Array.ConvertAll(numbers, value => (ulong)value),
            "int64" => Array.ConvertAll(numbers, value => (long)-value),
            "float16" => Array.ConvertAll(numbers, value => (Half)(value * 0.5)),
            "float32" => Array.ConvertAll(numbers, value => value * 0.1f),
            "float64" => Array.ConvertAll(numbers, value => value * 0.1),
            _ => Array.ConvertAll(numbers, value => value == 1),
        };
        SampleSet samples = SampleSet
            .FromArray(values, new Shape(2, 3), [3, 1, 2, 0], ["a", "b", "c", "d"], "here")
            .WithLabels([3, 1, 2, 0], ["k", "l", "m", "n"]);
        SampleSet turned = samples.WithFirstAxisLast();
        foreach (SampleSet set in new[] { samples, samples.Slice(1, 2), samples[2, -1, 2], turned, turned[1] })
        {
            SampleSet read = (SampleSet)ObjectBytes.Read(ObjectBytes.Write(set));
            Assert.Equal(
                (set.Count, set.SampleShape, set.DType, set.Source, set.Type),
                (read.Count, read.SampleShape, read.DType, read.Source, read.Type));
            Assert.Equal(set.Labels, read.Labels);
            Assert.Equal(set.Names, read.Names);
            Assert.Equal(set.Classes, read.Classes);
            Assert.All(Enumerable.Range(0, set.Count), i => Assert.Equal(set.Values(i), read.Values(i)));
        }
    }

    [Fact]
    public void Parameters_come_back()
    {
        QuantizationParams parameters = new()
        {
            WeightBits = 4,
            LastOutputBits = 6,
            InputType = IntegerType.Int8,
            PerTensorActivations = true,
        };
        Assert.Equal(parameters, ObjectBytes.Read(ObjectBytes.Write(parameters)));
    }

    [Fact]
    public void Other_objects_are_refused() =>
        Assert.Equal("ObjectNotPortable", Assert.Throws<QuantException>(() => ObjectBytes.Write(new Version(1, 2))).Id);

    [Fact]
    public void What_is_too_large_is_refused_before_it_is_read()
    {
        SampleSet many = SampleSet.FromArray(new byte[1 << 10], new Shape(1 << 10))[new int[(ObjectBytes.Limit >> 10) + 1]];
        QuantException error = Assert.Throws<QuantException>(() => ObjectBytes.Write(many));
        Assert.Equal("ObjectTooLarge", error.Id);
        Assert.Contains("512 MiB", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Everything that layers are must be in the properties that are kept, or it would be lost on the way.</summary>
    [Fact]
    public void Data_holds_nothing_but_properties_that_are_kept()
    {
        const string Backing = "k__BackingField";
        Assert.True(RecordTypes.All.Count() > 80);
        Assert.All(RecordTypes.All, type =>
        {
            HashSet<string> kept = [.. RecordTypes.Properties(type).Select(property => $"<{property.Info.Name}>{Backing}")];
            for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
            {
                foreach (FieldInfo field in level.GetFields(
                    BindingFlags.Instance | BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    Assert.True(kept.Contains(field.Name), $"{type.Name}.{field.Name}");
                }
            }
        });
    }

    [Fact]
    public void Damaged_bytes_are_an_error_of_ours()
    {
        byte[][] contents =
        [
            ObjectBytes.Write(VectorCase.Open("concatenate").ReadModel("quantized.h5")),
            ObjectBytes.Write(AkidaConverter.Convert(VectorCase.Open("concatenate").ReadModel("quantized.h5"), AkidaVersion.V2)),
            ObjectBytes.Write(SampleSet.FromArray(new float[12], new Shape(3), [1, 2, 3, 4], ["a", "b", "c", "d"]).WithFirstAxisLast()),
            ObjectBytes.Write(new QuantizationParams()),
            ObjectBytes.Write(VectorCase.Open("concatenate").ReadModel("quantized.h5").WithOptimization(
                new OptimizationReport("net", OptimizationEffort.Fast, 9, 1, 1, 0, [new("net", "a", "Dense", "bias", "1", "0")]))),
        ];
        Gen.Select(Gen.Int[0, contents.Length - 1], Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Bool).Sample(
            (which, place, value, isCut) =>
            {
                byte[] content = [.. contents[which]];

                // What stands between the arrays is little beside them, and at the beginning.
                int position = place % Math.Min(content.Length, place % 2 == 0 ? 4000 : int.MaxValue);
                content[position] = value;
                byte[] damaged = isCut ? content[..position] : content;
                try
                {
                    ObjectBytes.Read(damaged);
                }
                catch (QuantException)
                {
                }
            },
            iter: 20_000,
            threads: 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AkidaQuant 1\nxxxx")]
    [InlineData("AkidaQuant 3\n")]
    public void Bytes_of_something_else_are_refused(string content) =>
        Assert.Equal("ObjectDamaged", Assert.Throws<QuantException>(() => ObjectBytes.Read(Encoding.ASCII.GetBytes(content))).Id);

    private static T AssertSame<T>(T model)
        where T : class
    {
        byte[] bytes = ObjectBytes.Write(model);
        T read = Assert.IsType<T>(ObjectBytes.Read(bytes));
        Assert.True(bytes.AsSpan().SequenceEqual(ObjectBytes.Write(read)));
        Assert.Equal(model.ToString(), read.ToString());
        return read;
    }

    private static float[] Outputs(Model model, SampleSet samples) =>
        [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];
}
