<#
.SYNOPSIS
A network trained in PyTorch on its way from an ONNX file to an Akida model that reads digits.
.DESCRIPTION
Reads the network as torch.onnx.export wrote it, lets it take bytes, quantizes it to several bit-widths, converts the one of 8 bits
to Akida 2.0 and compares what it reads with real digits that it has not seen.
.PARAMETER Show
How many digits to draw, each with what the Akida model reads.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Convert-PyTorchModel.ps1
#>
[CmdletBinding()]
param(
    [ValidateRange(0, 20)]
    [int] $Show = 4
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
$data = "$PSScriptRoot/data"
. "$PSScriptRoot/shared/Get-Drawing.ps1"

function Format-Percent([double] $Share) {
    [string]::Format([cultureinfo]::InvariantCulture, '{0,5:0.0} %', 100 * $Share)
}

$network = Import-QuantModel "$data/digits_pytorch.onnx"
$calibration = Import-SampleSet "$data/digits_calibration.npz"
$test = Import-SampleSet "$data/digits_test.npz"

'The network as PyTorch exported it'
"$($network | Get-QuantSummary)"

# The network was trained on images from 0 to 1, channels first. A processor takes bytes, channels last: the factor makes them
# what the network knows, and vanishes in its first kernel.
$network = $network | Add-QuantRescaling -Scale (1 / 255)

"Accuracy on $($test.Count) digits that the network has not seen, by bits of weights and activations"
"  float {0}" -f (Format-Percent ($network | Measure-QuantModel -Sample $test).Accuracy)
foreach ($bits in (8, 8), (4, 8), (4, 4)) {
    $parameter = New-QuantParameter -WeightBits $bits[0] -InputWeightBits $bits[0] -ActivationBits $bits[1]
    $quantized = $network | Invoke-Quantize -Parameter $parameter -Sample $calibration -BatchSize 100 -Epoch 2
    '  {0}/{1}   {2}' -f $bits[0], $bits[1], (Format-Percent ($quantized | Measure-QuantModel -Sample $test).Accuracy)
}

# On Akida: the same integers as the quantized model.
$quantized = $network | Invoke-Quantize -Sample $calibration -BatchSize 100 -Epoch 2
$akida = $quantized | ConvertTo-Akida
''
'The Akida network'
"$($akida | Get-AkidaSummary)"

$expected = @($quantized | Invoke-QuantModel -Sample $test)
$read = @($akida | Invoke-AkidaModel -Sample $test)
$unequal = @(0..($read.Count - 1) | Where-Object { $read[$_].Class -ne $expected[$_].Class }).Count
"Read as they are labelled: $(@($read | Where-Object { $_.Class -eq $_.Label }).Count) of $($read.Count)"
"Predictions that differ between quantized and Akida: $unequal"
if ($unequal) {
    throw 'The Akida model must predict what the quantized model predicts.'
}

if ($Show) {
    ''
    $some = @($read | Select-Object -First $Show)
    "The Akida network reads: $($some.Class -join ', ')"
    Get-Drawing $test[$some.Index] | Where-Object { $_ }
}
