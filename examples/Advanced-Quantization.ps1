<#
.SYNOPSIS
How to say how a network is quantized, how to calibrate it, and what its inputs can be.
.DESCRIPTION
Goes through the choices one by one, with small untrained networks that it writes itself: it reads no file. What samples mean for the
accuracy of a trained network is in Compare-Calibration.ps1.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Advanced-Quantization.ps1
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"

# What an InputQuantizer found during calibration: value = integer / scale, after the offset is taken away.
function Get-InputQuantizer($Model) {
    $layer = $Model.Layers[1]
    "'$($layer.Name)' makes integers of $($layer.Bitwidth) bits, $(if ($layer.Signed) { 'signed' } else { 'unsigned' })"
    "  scale of each channel:  $($layer.Scale -join ', ')"
    if ($null -ne $layer.Offset) {
        "  offset of each channel: $($layer.Offset -join ', ')"
    }
}

@'

1. Quantization schemes
=======================

1.1 One scheme for all layers

New-QuantParameter makes a scheme. Its eight fields:
  -InputWeightBits        weights of the first layer, which often deserve more bits than the others
  -WeightBits             all other weights: 8 for Akida 2.0, 4 for Akida 1.0
  -ActivationBits         outputs of ReLU and other activations: 8, or 4; 1 for learning on the chip
  -PerTensorActivations   one range for a whole activation; without it each channel has its own, which is finer
                          but needs real samples. Akida 1.0 has per-tensor ranges only
  -OutputBits             outputs of layers that no activation follows
  -BufferBits             accumulators; 32 is what Akida has
  -InputType              the integers that a float input is turned into
  -LastOutputBits         a quantizer on the very output of the model; none unless asked for

Akida processors take 8 or 4 bits; other widths can be quantized and run here, and conversion says what does not fit. The
scheme is for the float network: what is quantized already is not quantized again. To change it, edit its configuration
(1.2) and quantize the float network with that.

The defaults are 8 bits with a range a channel:
'@
"$(New-QuantParameter | Out-String)".TrimEnd()

@'

To see which field ends up where, a network is quantized with a different number in each. It is written as a list of
layers, each a class with its arguments, as Keras has them. Its weights are new ones; -Seed makes them the same each time.
Its input is typed uint8, and there are no samples, so calibration uses random ones:
'@
$model = New-QuantModel -InputShape 28, 28, 3 -InputType uint8 -Seed 1 -Layer @(
    @{ Rescaling = @{ scale = 1 / 255; name = 'rescale' } }
    @{ Conv2D = @{ filters = 16; kernel_size = 3; name = 'input_conv' } }
    @{ DepthwiseConv2D = @{ kernel_size = 3; name = 'dw_conv' } }
    @{ Conv2D = @{ filters = 32; kernel_size = 1; name = 'pw_conv' } }
    @{ ReLU = @{ name = 'relu' } }
    @{ Dense = @{ units = 10; name = 'dense' } }
)
$scheme = New-QuantParameter -InputWeightBits 16 -WeightBits 4 -ActivationBits 6 -OutputBits 12 -PerTensorActivations -BufferBits 24
$quantized = $model | Invoke-Quantize -Parameter $scheme -Seed 1
"$($quantized | Get-QuantSummary)"

@'
1.2 A configuration for single layers

Each layer's settings are in the configuration of the quantized model:
'@
$config = $quantized | Get-QuantConfig
"$config"

@'

What to see in it:
  - layers go by their names
  - dw_conv has an output quantizer of 12 bits (-OutputBits): no activation follows it, and pw_conv needs narrow inputs
  - input_conv is the first layer with weights, so they have 16 bits (-InputWeightBits); the others have 4 (-WeightBits)
  - the kernel of dw_conv has its channels on the last axis but one, hence "axis": -2; elsewhere it is the last, which
    goes without saying
  - relu has 6 bits and one range for the tensor (-ActivationBits, -PerTensorActivations)
  - every buffer has 24 bits (-BufferBits)

Written from nothing, such a text soon has a mistake in it; better change little in one that a network gave. A case for
it: one bit for the output of the layer from which an Akida 1.0 learns.

The configuration is edited like nested dictionaries. The ReLU gets 1 bit, a range for each channel and 32-bit buffers,
and some of the other layers are dropped:
'@
$config.relu.output_quantizer.bitwidth = 1
$config.relu.output_quantizer.axis = 'per-axis'
$config.relu.output_quantizer.buffer_bitwidth = 32
$config.relu.buffer_bitwidth = 32
foreach ($layer in 'dw_conv', 'pw_conv', 'dense') {
    $null = $config.Remove($layer)
}
"$config"

@'

Used together with the scheme, the configuration has priority for the layers that it names, and the scheme is for the
rest. A quantizer that it names must be whole: its missing settings do not come from the scheme.
'@
$edited = $model | Invoke-Quantize -Parameter $scheme -Config $config -Seed 2
"$($edited | Get-QuantConfig)"
@'

The ReLU is as it was edited; the layers that were dropped are as the scheme says.
'@

@'

2. Calibration
==============

2.1 What it is for

Between layers the sums are cut down to a few bits. For that, a quantizer must know how large they get: samples run
through the float network, and the greatest value of each tensor is followed, batch by batch. The first batch sets it;
every later one moves it by a tenth of the difference: range = 0.9 * range + 0.1 * maximum of the batch. No labels are
needed, since nothing is trained.

2.2 Samples

Random samples show what a network turns into. Real ones keep its accuracy; Compare-Calibration.ps1 measures both.

Random samples are integers over the whole range of the input's type. A network that expects other numbers can be given
a Rescaling behind its input. This one is for series of values from -1 to 1; with a factor of 1/128 it takes signed bytes:
'@
$layers = @(
    @{ Conv2D = @{ filters = 16; kernel_size = 3; strides = 2; padding = 'same'; name = 'input_conv' } }
    @{ ReLU = @{ name = 'relu_0' } }
    @{ DepthwiseConv2D = @{ kernel_size = 3; strides = 2; padding = 'same'; name = 'dw_conv' } }
    @{ Conv2D = @{ filters = 32; kernel_size = 1; name = 'pw_conv' } }
    @{ ReLU = @{ name = 'relu_1' } }
    'Flatten'
    @{ Dense = @{ units = 10; name = 'dense' } }
)
$series = New-QuantModel -InputShape 10, 25, 2 -Layer $layers -Seed 1
$scaled = $series | Add-QuantRescaling -Scale (1 / 128)
"  $($scaled.Layers.Name[0..2] -join ' -> ') -> ..."
$bytes = $series | New-SampleSet -InputType int8 -Count 256 -Seed 1
$scaledQuantized = $scaled | Invoke-Quantize -Parameter (New-QuantParameter -InputType int8) -Sample $bytes -BatchSize 64
"  quantized: $($scaledQuantized.Layers.Name[0..3] -join ' -> ') -> ..."
@'

2.3 How many samples, batches and epochs

-SampleCount is how many random samples are drawn, 1024 unless told otherwise; of given samples, it says how many batches
of -BatchSize are run, rounded up. A thousand samples or more are a good number.

-BatchSize 100 makes the first batch, and so the first range, a good one. -Epoch 2 goes through the samples once more,
which moves the ranges closer to the greatest values without more samples.
'@

@'

3. Input types
==============

Akida takes integers. A network with a float input gets an InputQuantizer, which turns floats into integers with a scale
and an offset found by calibration, and becomes a Quantizer on Akida. It is better to train with the integers that the
sensor gives, because that layer is then not needed.

3.1 A float input for images

The input of this network has no type, so it is float, and its samples are whole numbers from 0 to 255. -InputType uint8,
the default, says what they become:
'@
$imageLayers = @(@{ Rescaling = @{ scale = 1 / 255; name = 'rescale' } }) + $layers
$images = New-SampleSet -Shape 28, 28, 3 -Count 256 -Seed 1
$floatInput = New-QuantModel -InputShape 28, 28, 3 -Layer $imageLayers -Seed 1 |
    Invoke-Quantize -Parameter (New-QuantParameter -InputType uint8) -Sample $images -BatchSize 64
"$($floatInput | Get-QuantSummary)"
'Calibration found that nothing is to be scaled and nothing to be shifted:'
Get-InputQuantizer $floatInput
@'

3.2 Signed values, and the conversion to Akida

Time series with values from -1 to 1 become signed bytes:
'@
$values = New-SampleSet -Shape 10, 25, 2 -Count 256 -Minimum -1 -Maximum 1 -Seed 1
$signed = $series | Invoke-Quantize -Parameter (New-QuantParameter -InputType int8) -Sample $values -BatchSize 64
"$($signed | Get-QuantSummary)"
Get-InputQuantizer $signed
''
'Converted, the InputQuantizer is the layer of type Quantizer:'
$akida = $signed | ConvertTo-Akida
"$($akida | Get-AkidaSummary)"
@'
3.3 A typed input

The network of 3.1 again, but with an input of type uint8. There is no InputQuantizer, and none on Akida:
'@
$typed = New-QuantModel -InputShape 28, 28, 3 -InputType uint8 -Layer $imageLayers -Seed 1 |
    Invoke-Quantize -Sample $images -BatchSize 64
"$($typed | Get-QuantSummary)"
"$($typed | ConvertTo-Akida | Get-AkidaSummary)"
