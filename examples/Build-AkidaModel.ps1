<#
.SYNOPSIS
Akida models made of layers by hand, held against arithmetic by hand.
.DESCRIPTION
The exclusive or of two bits by two dense layers, for Akida 2.0 and for Akida 1.0, and a convolution whose sums, bias, rectifier, scale
and shift are computed once more in plain loops. Then the weights of a layer are changed, which gives another model, and what no layer can
have is refused.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Build-AkidaModel.ps1
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"

'Exclusive or on Akida 2.0'
$second = @(
    New-AkidaLayer InputData -InputShape 1, 1, 2 -InputBits 8
    New-AkidaLayer Dense1D -Units 2 -Activation ReLU -Name hidden -Variable @{ weights = (1, 1), (1, 1); bias = 0, -1 }
    New-AkidaLayer Dense1D -Units 1 -Name output -Variable @{ weights = 1, -2 }
    New-AkidaLayer Dequantizer
) | New-AkidaModel -Name xor2
$bits = New-SampleSet -InputObject ([sbyte[]] (0, 0, 0, 1, 1, 0, 1, 1)) -Shape 1, 1, 2
foreach ($prediction in $second | Invoke-AkidaModel $bits) {
    "  $($prediction.Index -shr 1) xor $($prediction.Index -band 1) = $($prediction.Output)"
}

''
'Exclusive or on Akida 1.0'
$first = @(
    New-AkidaLayer InputData -InputShape 1, 1, 2
    New-AkidaLayer FullyConnected -Units 2 -WeightsBits 1 -Name hidden -Variable @{ weights = 1, 1, 1, 1; threshold = 0, 1 }
    New-AkidaLayer FullyConnected -Units 1 -WeightsBits 2 -Name output -Variable @{ weights = 1, -1; threshold = 0 }
) | New-AkidaModel -Name xor1
$bits = New-SampleSet -InputObject ([byte[]] (0, 0, 0, 1, 1, 0, 1, 1)) -Shape 1, 1, 2
foreach ($prediction in $first | Invoke-AkidaModel $bits -Potential) {
    "  $($prediction.Index -shr 1) xor $($prediction.Index -band 1) = $($prediction.Output)"
}

# A convolution of 3 x 3 over images of 5 x 6 with 2 channels, for 3 filters. Akida's kernels are turned: it is a true convolution.
$height, $width, $channels, $filters = 5, 6, 2, 3
$random = [Random]::new(7)
$weights = foreach ($i in 1..(9 * $channels * $filters)) { $random.Next(-128, 128) }
$bias = foreach ($i in 1..$filters) { $random.Next(-128, 128) }
$image = foreach ($i in 1..($height * $width * $channels)) { $random.Next(-128, 128) }
$biasShift, $scale, $shift = 6, 37, 14

$convolution = New-AkidaLayer Conv2D -Filters $filters -KernelSize 3 -Padding Same -Name conv -Variable @{
    weights       = $weights
    bias          = $bias
    bias_shift    = $biasShift
    output_scales = $scale
    output_shift  = -$shift
} | New-AkidaModel -Name by_hand -InputShape $height, $width, $channels
$sample = New-SampleSet -InputObject ([sbyte[]] $image) -Shape $convolution.InputShape
$emulated = ($convolution | Invoke-AkidaModel $sample -Potential).Output

$byHand = foreach ($row in 0..($height - 1)) {
    foreach ($column in 0..($width - 1)) {
        foreach ($filter in 0..($filters - 1)) {
            $sum = $bias[$filter] * [math]::Pow(2, $biasShift)
            foreach ($i in -1, 0, 1) {
                foreach ($j in -1, 0, 1) {
                    $y = $row - $i
                    $x = $column - $j
                    if ($y -ge 0 -and $y -lt $height -and $x -ge 0 -and $x -lt $width) {
                        foreach ($channel in 0..($channels - 1)) {
                            $weight = $weights[((($i + 1) * 3 + $j + 1) * $channels + $channel) * $filters + $filter]
                            $sum += $weight * $image[($y * $width + $x) * $channels + $channel]
                        }
                    }
                }
            }

            # The rectifier, then the scale and the shift, rounded half up, and 8 bits with a sign.
            [math]::Min([math]::Floor([math]::Max($sum, 0) * $scale / [math]::Pow(2, $shift) + 0.5), 127)
        }
    }
}
$equal = @(0..($byHand.Count - 1) | Where-Object { $emulated[$_] -eq $byHand[$_] })
''
'A convolution'
"  equal to plain loops: $($equal.Count) of $($byHand.Count), $(@($byHand | Where-Object { $_ -gt 0 -and $_ -lt 127 }).Count) of them neither 0 nor 127"

''
'Another weight gives another model'
$other = $second | Set-AkidaVariable output weights (1, -1)
"  1 xor 1 with it: $(($other | Invoke-AkidaModel (New-SampleSet -InputObject ([sbyte[]] (1, 1)) -Shape 1, 1, 2)).Output)"
"  and before:      $(($second | Invoke-AkidaModel (New-SampleSet -InputObject ([sbyte[]] (1, 1)) -Shape 1, 1, 2)).Output)"
try {
    $first | Set-AkidaVariable output weights (1, 99)
}
catch {
    "  $($_.Exception.Message)"
}

''
"$($second | Get-AkidaSummary)"
