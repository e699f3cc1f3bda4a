<#
.SYNOPSIS
What few bits cost a network that reads digits, and what Optimize-QuantModel brings back.
.DESCRIPTION
Quantizes trained networks to several widths with 1,000 real digits, optimizes each with the same digits, whose labels it never sees, and
measures both on 1,000 others. The width w4a2 has 4-bit weights and 2-bit activations; weights of the first layer and outputs that
no activation follows have 8 bits. Differences below a percent are noise.
.PARAMETER Network
The files of the networks: names of those in examples/data, or paths. Networks of ONNX take images from 0 to 1.
.PARAMETER Full
Distils the networks of 2-bit activations as well, with -Effort Full. It takes minutes.
.PARAMETER AsRow
Gives the rows as objects instead of the table.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Optimize-Digits.ps1
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Optimize-Digits.ps1 -Network digits_pytorch.onnx -Full
#>
[CmdletBinding()]
param(
    [ValidateNotNullOrEmpty()]
    [string[]] $Network = @('digits.h5', 'digits_pytorch.onnx'),

    [switch] $Full,

    [switch] $AsRow
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
$data = "$PSScriptRoot/data"
$calibration = Import-SampleSet "$data/digits_calibration.npz"
$test = Import-SampleSet "$data/digits_test.npz"

$widths = [ordered]@{
    'w8a8'            = @{ WeightBits = 8; ActivationBits = 8 }
    'w4a4'            = @{ WeightBits = 4; ActivationBits = 4 }
    'w4a4 per-tensor' = @{ WeightBits = 4; ActivationBits = 4; PerTensorActivations = $true }
    'w4a2'            = @{ WeightBits = 4; ActivationBits = 2 }
    'w3a3'            = @{ WeightBits = 3; ActivationBits = 3 }
    'w2a2'            = @{ WeightBits = 2; ActivationBits = 2 }
}

function Get-Percent($Model) {
    [math]::Round(100 * ($Model | Measure-QuantModel -Sample $test).Accuracy, 1)
}

# The model and the seconds that it took.
function Get-Optimized($Model, [string] $Effort) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $optimized = $Model | Optimize-QuantModel -Sample $calibration -Effort $Effort
    $optimized
    [math]::Round($clock.Elapsed.TotalSeconds, 1)
}

$rows = foreach ($name in $Network) {
    $model = Import-QuantModel ((Test-Path "$data/$name") ? "$data/$name" : $name)
    if ($name -like '*.onnx') {
        $model = $model | Add-QuantRescaling -Scale (1 / 255)
    }
    $float = Get-Percent $model
    foreach ($width in $widths.Keys) {
        # Few bits are what is shown here: the warning that they cost accuracy says nothing new.
        $parameters = $widths[$width]
        $scheme = New-QuantParameter @parameters
        $plain = $model | Invoke-Quantize -Parameter $scheme -Sample $calibration -BatchSize 100 -Epoch 2 -WarningAction SilentlyContinue
        $fast, $fastSeconds = Get-Optimized $plain Fast
        $row = [ordered]@{
            Network   = $name
            Width     = $width
            Float     = $float
            Plain     = Get-Percent $plain
            Optimized = Get-Percent $fast
            Seconds   = $fastSeconds
        }
        if ($Full) {
            $distilled, $fullSeconds = if ($scheme.ActivationBits -le 2) { Get-Optimized $plain Full } else { $null, $null }
            $row.Full = if ($distilled) { Get-Percent $distilled }
            $row.FullSeconds = $fullSeconds
        }
        [pscustomobject] $row
    }
}

if ($AsRow) {
    return $rows
}

function Get-Column([string] $Name, [string] $Label) {
    $number = { if ($null -ne $_.$Name) { $_.$Name.ToString('0.0', [cultureinfo]::InvariantCulture) } }.GetNewClosure()
    @{ Name = $Label; Expression = $number; Alignment = 'Right' }
}

"Accuracy in percent on $($test.Count) digits that the networks have not seen, and the seconds that optimizing took"
''
$columns = @('Width') + @(foreach ($column in $rows[0].PSObject.Properties.Name -ne 'Network' -ne 'Width') { Get-Column $column $column })
($rows | Format-Table $columns -GroupBy Network | Out-String -Width 120).Trim("`r", "`n")
