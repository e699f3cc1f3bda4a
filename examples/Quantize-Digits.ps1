<#
.SYNOPSIS
A trained network of handwritten digits on its whole way: float, quantized, on Akida.
.DESCRIPTION
Reads the network, quantizes it with 1,000 real digits, converts it to Akida 2.0 and compares all three on 1,000 other digits.
.PARAMETER Misread
How many misread digits to draw.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Quantize-Digits.ps1
#>
[CmdletBinding()]
param(
    [ValidateRange(0, 20)]
    [int] $Misread = 4
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$data = "$PSScriptRoot/data"
. "$PSScriptRoot/shared/Get-Drawing.ps1"

function Get-DifferenceCount($First, $Second) {
    $count = 0
    for ($i = 0; $i -lt $First.Count; $i++) {
        if ($First[$i].Class -ne $Second[$i].Class) {
            $count++
        }
    }
    $count
}

# The network and its data.
$model = Import-QuantModel "$data/digits.h5"
$calibration = Import-SampleSet "$data/digits_calibration.npz"
$test = Import-SampleSet "$data/digits_test.npz"

# The three stages.
$quantized = $model | Invoke-Quantize -Sample $calibration -BatchSize 100 -Epoch 2
$akida = $quantized | ConvertTo-Akida

"The quantized network"
"$($quantized | Get-QuantSummary)"
"The Akida network"
"$($akida | Get-AkidaSummary)"

# What one weight and one output of the first layers are on the way.
$conv = $quantized['stem_conv']
$relu = $quantized['stem_relu']
[string]::Format(
    [cultureinfo]::InvariantCulture, "The first weight of '$($conv.Name)': {0:0.0000} as a float, {1} times {2:0.0000} as an integer",
    $conv.Weights.Values[0], $conv.IntegerWeights.Values[0], $conv.WeightScale[0])
"The first channel behind '$($relu.Name)': integers of $($relu.Bitwidth) bits, $($relu.Scale[0]) to the unit"
''

"Accuracy on $($test.Count) digits that the network has not seen"
$stages = [ordered]@{
    float     = $model | Measure-QuantModel -Sample $test
    quantized = $quantized | Measure-QuantModel -Sample $test
    Akida     = $akida | Measure-AkidaModel -Sample $test
}
foreach ($stage in $stages.Keys) {
    [string]::Format([cultureinfo]::InvariantCulture, '  {0,-9} {1,5:0.0} %', $stage, 100 * $stages[$stage].Accuracy)
}

$floatPredictions = $model | Invoke-QuantModel -Sample $test
$predictions = $quantized | Invoke-QuantModel -Sample $test
$akidaPredictions = $akida | Invoke-AkidaModel -Sample $test
$unequal = Get-DifferenceCount $predictions $akidaPredictions
''
"Predictions that differ between float and quantized: $(Get-DifferenceCount $floatPredictions $predictions)"
"Predictions that differ between quantized and Akida: $unequal"
if ($unequal) {
    throw 'The Akida model must predict what the quantized model predicts.'
}

$wrong = @($akidaPredictions | Where-Object { $_.Class -ne $_.Label } | Select-Object -First $Misread)
if ($wrong) {
    ''
    "Misread digits: $(@($wrong | ForEach-Object { "$($_.Label) read as $($_.Class)" }) -join ', ')"
    Get-Drawing $test[$wrong.Index] | Where-Object { $_ }
}

''
[string]::Format([cultureinfo]::InvariantCulture, 'Time taken: {0:0.0} s', $clock.Elapsed.TotalSeconds)
