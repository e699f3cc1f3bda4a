# Prints how long the import of the module takes in a fresh process, the first call of a cmdlet, and later ones.
param([string] $Cmdlet, [string] $Model, [string] $Sample, [int] $SampleCount, [int] $Repetitions = 30)

$ErrorActionPreference = 'Stop'
$culture = [cultureinfo]::InvariantCulture
$clock = [System.Diagnostics.Stopwatch]::StartNew()
Import-Module "$PWD/AkidaQuant.psd1"
"import $($clock.Elapsed.TotalMilliseconds.ToString($culture))"
$network = Import-QuantModel $Model
$digits = Import-SampleSet $Sample -First $SampleCount
$call = switch ($Cmdlet) {
    'Invoke-QuantModel' { { $null = $network | Invoke-QuantModel -Sample $digits } }
    'Invoke-Quantize' { { $null = $network | Invoke-Quantize -Sample $digits -BatchSize 100 } }
    'Invoke-AkidaModel' {
        $akida = $network | ConvertTo-Akida
        { $null = $akida | Invoke-AkidaModel -Sample $digits }
    }
}

$times = foreach ($i in 0..$Repetitions) {
    $clock.Restart()
    & $call
    $clock.Elapsed.TotalMilliseconds
}
"first $($times[0].ToString($culture))"
"second $($times[1].ToString($culture))"
$warm = @($times | Select-Object -Last 10 | Sort-Object)
"warm $($warm[5].ToString($culture))"
