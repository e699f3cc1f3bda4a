BeforeAll {
    $examples = "$PSScriptRoot/../examples"
}

Describe 'Quantize-Digits.ps1' {
    It 'keeps the accuracy on the whole way' {
        $text = (& "$examples/Quantize-Digits.ps1" -Misread 2) -join "`n"
        $text | Should -Match 'float +94\.8 %'
        $text | Should -Match 'quantized +95\.0 %'
        $text | Should -Match 'Akida +95\.0 %'
        $text | Should -Match 'between quantized and Akida: 0\n'
        $text | Should -Match 'Misread digits: \d read as \d, \d read as \d\n'
        $text | Should -Match '@@@'
    }
}

Describe 'Advanced-Quantization.ps1' {
    BeforeAll {
        # From an empty folder, so that a file that it needs is missed.
        $folder = (New-Item "$TestDrive/empty" -ItemType Directory).FullName
        $before = Get-Location
        try {
            Set-Location $folder
            $text = (& "$examples/Advanced-Quantization.ps1") -join "`n"
        }
        finally {
            Set-Location $before
        }

        # The names that Keras counts have no counters, and columns that are as wide as names have no width.
        function Remove-Counter([string] $Text) {
            $plain = $Text -replace '\b(input|flatten|input_quantizer|dequantizer|InputData)_\d+', '$1'
            ($plain -split '\r?\n' | ForEach-Object { ($_ -replace ' {2,}', '  ' -replace '={2,}', '==' -replace '_{3,}', '___').TrimEnd() }) -join "`n"
        }

        $first = @'
{
    "input_conv": {
        "output_quantizer": {
            "bitwidth": 12,
            "axis": "per-tensor",
            "buffer_bitwidth": 24
        },
        "weight_quantizer": {
            "bitwidth": 16
        },
        "buffer_bitwidth": 24
    },
    "dw_conv": {
        "output_quantizer": {
            "bitwidth": 12,
            "axis": "per-tensor",
            "buffer_bitwidth": 24
        },
        "weight_quantizer": {
            "bitwidth": 4,
            "axis": -2
        },
        "buffer_bitwidth": 24
    },
    "pw_conv": {
        "weight_quantizer": {
            "bitwidth": 4
        },
        "buffer_bitwidth": 24
    },
    "relu": {
        "output_quantizer": {
            "bitwidth": 6,
            "signed": false,
            "axis": "per-tensor",
            "buffer_bitwidth": 24
        },
        "buffer_bitwidth": 24
    },
    "dense": {
        "weight_quantizer": {
            "bitwidth": 4
        },
        "buffer_bitwidth": 24
    }
}
'@
        $edited = @'
{
    "input_conv": {
        "output_quantizer": {
            "bitwidth": 12,
            "axis": "per-tensor",
            "buffer_bitwidth": 24
        },
        "weight_quantizer": {
            "bitwidth": 16
        },
        "buffer_bitwidth": 24
    },
    "relu": {
        "output_quantizer": {
            "bitwidth": 1,
            "signed": false,
            "axis": "per-axis",
            "buffer_bitwidth": 32
        },
        "buffer_bitwidth": 32
    }
}
'@
        $second = @'
{
    "input_conv": {
        "output_quantizer": {
            "bitwidth": 12,
            "axis": "per-tensor",
            "buffer_bitwidth": 24
        },
        "weight_quantizer": {
            "bitwidth": 16
        },
        "buffer_bitwidth": 24
    },
    "dw_conv": {
        "output_quantizer": {
            "bitwidth": 12,
            "axis": "per-tensor",
            "buffer_bitwidth": 24
        },
        "weight_quantizer": {
            "bitwidth": 4,
            "axis": -2
        },
        "buffer_bitwidth": 24
    },
    "pw_conv": {
        "weight_quantizer": {
            "bitwidth": 4
        },
        "buffer_bitwidth": 24
    },
    "relu": {
        "output_quantizer": {
            "bitwidth": 1,
            "signed": false,
            "axis": "per-axis",
            "buffer_bitwidth": 32
        },
        "buffer_bitwidth": 32
    },
    "dense": {
        "weight_quantizer": {
            "bitwidth": 4
        },
        "buffer_bitwidth": 24
    }
}
'@
        $akida = @'
                Model Summary
______________________________________________
Input shape  Output shape  Sequences  Layers
==============================================
[10, 25, 2]  [1, 1, 10]    1          7
______________________________________________

_____________________________________________________________
Layer (type)                   Output shape  Kernel shape

======= SW/input_quantizer_1-dequantizer_3 (Software) =======

input_quantizer_1 (Quantizer)  [10, 25, 2]   N/A
_____________________________________________________________
InputData_2 (InputData)        [10, 25, 2]   N/A
_____________________________________________________________
input_conv (Conv2D)            [5, 13, 16]   (3, 3, 2, 16)
_____________________________________________________________
dw_conv (DepthwiseConv2D)      [3, 7, 16]    (3, 3, 16, 1)
_____________________________________________________________
pw_conv (Conv2D)               [3, 7, 32]    (1, 1, 16, 32)
_____________________________________________________________
dense (Dense1D)                [1, 1, 10]    (672, 10)
_____________________________________________________________
dequantizer_3 (Dequantizer)    [1, 1, 10]    N/A
_____________________________________________________________
'@
    }

    It 'reads no file and writes none' {
        $code = [System.IO.File]::ReadAllText("$examples/Advanced-Quantization.ps1")
        [regex]::Matches($code, '\bImport-\w+').Value | Should -Be 'Import-Module'
        $code | Should -Not -Match '\bGet-Content\b|\bReadAll|/data'
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'writes the five networks of the tutorial in about 60 lines of cmdlets' {
        foreach ($count in 1488, 16976, 7870, 16970) {
            [regex]::Matches($text, "(?m)^Total params: $count \(") | Should -HaveCount 1
        }
        $code = [System.IO.File]::ReadAllText("$examples/Advanced-Quantization.ps1") -replace "(?s)@'\n.*?\n'@", '' -replace '(?s)<#.*?#>', ''
        $lines = @($code -split '\n' | Where-Object { $_.Trim() -and $_ -notmatch "^\s*#|^'" })
        $lines.Count | Should -BeLessOrEqual 70
    }

    It 'prints the configurations that the tutorial prints' {
        $found = @([regex]::Matches($text, '(?ms)^\{\n.*?^\}').Value)
        $found | Should -HaveCount 3
        $found[0] | Should -BeExactly $first.Replace("`r", '')
        $found[1] | Should -BeExactly $edited.Replace("`r", '')
        $found[2] | Should -BeExactly $second.Replace("`r", '')
    }

    It 'prints the scales and offsets of the tutorial' {
        $text | Should -MatchExactly '8 bits, unsigned\n  scale of each channel:  1, 1, 1\n  offset of each channel: 0, 0, 0\n'
        $text | Should -MatchExactly '8 bits, signed\n  scale of each channel:  128, 128\n(?!  offset)'
    }

    It 'prints the Akida summary of the tutorial' {
        (Remove-Counter $text).Contains((Remove-Counter $akida)) | Should -BeTrue -Because $text
    }
}

Describe 'Compare-Calibration.ps1' {
    It 'measures random and real samples' {
        $text = (& "$examples/Compare-Calibration.ps1") -join "`n"
        $text | Should -Match '  float +94\.8 %\n'
        $text | Should -Match '  random samples +\d\d\.\d %\n'
        $text | Should -Match '  real samples +95\.0 %'
    }
}

Describe 'Optimize-Digits.ps1' {
    BeforeAll {
        $rows = & "$examples/Optimize-Digits.ps1" -Network digits.h5 -AsRow
        $plain = @{ 'w8a8' = 95.0; 'w4a4' = 91.1; 'w4a4 per-tensor' = 76.5; 'w4a2' = 50.0; 'w3a3' = 24.3; 'w2a2' = 9.8 }
        $least = @{ 'w8a8' = 94.5; 'w4a4' = 93.8; 'w4a4 per-tensor' = 93.8; 'w4a2' = 89.0; 'w3a3' = 91.8; 'w2a2' = 76.0 }
    }

    It 'measures what few bits cost' {
        $rows.Width | Should -Be 'w8a8', 'w4a4', 'w4a4 per-tensor', 'w4a2', 'w3a3', 'w2a2'
        foreach ($row in $rows) {
            $row.Float | Should -Be 94.8
            $row.Plain | Should -Be $plain[$row.Width] -Because $row.Width
        }
    }

    It 'prints the table that README has' {
        $readme = [System.IO.File]::ReadAllText("$PSScriptRoot/../README.md")
        $table = [regex]::Match($readme, '(?s)Network: digits\.h5\n(.*?)(Network:|```)').Groups[1].Value
        foreach ($row in $rows) {
            $figures = foreach ($name in 'Float', 'Plain', 'Optimized') { $row.$name.ToString('0.0', [cultureinfo]::InvariantCulture) }
            $table | Should -Match "(?m)^$($row.Width) +$($figures -join ' +') +\d" -Because $row
        }
    }

    It 'brings it back' {
        foreach ($row in $rows) {
            $row.Optimized | Should -BeGreaterOrEqual $least[$row.Width] -Because $row.Width
        }
    }
}

Describe 'Convert-DigitsToAkida1.ps1' {
    It 'takes a network to Akida 1.0 by cmdlets alone, with the accuracies that README has' {
        $text = (& "$examples/Convert-DigitsToAkida1.ps1") -join "`n"
        $text | Should -Match 'block_1_dw becomes the depthwise half'
        $text | Should -Match 'the outputs of the network change by 0% over them'
        $text | Should -Match 'stem_conv \(InputConv\.\)'
        $text | Should -Match '  float +94\.8 %\n  repaired +94\.8 %\n  quantized +87\.5 %\n  optimized +9[345]\.\d %\n  Akida +9[345]\.\d %\n'
        $table = [regex]::Match($text, '(?s)Accuracy on .*? Akida +[\d.]+ %').Value
        $readme = [System.IO.File]::ReadAllText("$PSScriptRoot/../README.md").Replace("`r", '')
        $readme.Contains($table) | Should -BeTrue -Because $table
        [int] [regex]::Match($text, 'Akida network: (\d+)').Groups[1].Value | Should -BeLessThan 50
    }
}

Describe 'Learn-Digits.ps1' {
    BeforeAll {
        $learned, $added = & "$examples/Learn-Digits.ps1" -AsRow
    }

    It 'learns digits from a few samples about as well as the nearest mean reads them' {
        $learned.Samples | Should -Be 1, 5, 20
        foreach ($row in $learned) {
            $row.Akida | Should -BeGreaterThan ($row.NearestMean - 2) -Because $row
            $row.AkidaSpread | Should -BeLessThan 5 -Because $row
        }
        $learned[0].Akida | Should -BeGreaterThan 84
        $learned[1].Akida | Should -BeGreaterThan 93
        $learned[2].Akida | Should -BeGreaterThan 94
    }

    It 'adds classes without forgetting' {
        $before, $after, $new, $all = $added.Akida
        $before | Should -BeGreaterThan 94
        $after | Should -BeGreaterThan ($before - 1.5)
        $new | Should -BeGreaterThan 85
        $all | Should -BeGreaterThan 93
    }

    It 'prints about what README and the page on learning have' {
        $readme = [System.IO.File]::ReadAllText("$PSScriptRoot/../README.md")
        $page = [System.IO.File]::ReadAllText("$PSScriptRoot/../docs/en-US/about_AkidaQuant_Learning.md")
        foreach ($row in $learned) {
            $figures = [regex]::Match($readme, "(?m)^ +$($row.Samples) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)").Groups[1..4].Value
            $page | Should -Match "(?m)^\| $($row.Samples) \| $($figures[0]) ± $($figures[1]) \| $($figures[2]) ± $($figures[3]) \|"
            foreach ($i in 0..3) {
                $measured = ($row.Akida, $row.AkidaSpread, $row.NearestMean, $row.NearestMeanSpread)[$i]
                [math]::Abs([double] $figures[$i] - $measured) | Should -BeLessThan 1.5 -Because $row
            }
        }
        foreach ($row in $added) {
            $figure = [regex]::Match($readme, "(?m)^$($row.Classes) +([\d.]+)").Groups[1].Value
            [math]::Abs([double] $figure - $row.Akida) | Should -BeLessThan 1.5 -Because $row
        }
    }
}

Describe 'Convert-PyTorchModel.ps1' {
    It 'reads digits with a network from PyTorch' {
        $text = (& "$examples/Convert-PyTorchModel.ps1" -Show 2) -join "`n"
        $text | Should -Match 'float  94\.1 %'
        $text | Should -Match '8/8 +94\.1 %'
        $text | Should -Match 'Read as they are labelled: 941 of 1000'
        $text | Should -Match 'between quantized and Akida: 0\n'
        $text | Should -Match 'The Akida network reads: 6, 0\n'
        $text | Should -Match '@@@'
    }
}

Describe 'Build-AkidaModel.ps1' {
    It 'gives what arithmetic by hand gives' {
        $text = (& "$examples/Build-AkidaModel.ps1") -join "`n"
        foreach ($version in '2.0', '1.0') {
            $text | Should -Match "Akida $([regex]::Escape($version))\n  0 xor 0 = 0\n  0 xor 1 = 1\n  1 xor 0 = 1\n  1 xor 1 = 0\n"
        }
        $text | Should -Match 'equal to plain loops: 90 of 90, [2-9]\d of them'
        $text | Should -Match '1 xor 1 with it: 1\n  and before:      0\n'
        $text | Should -Match "'weights' must hold -2 to 1, but value 1 is 99"
        $text | Should -Match 'hidden \(Dense1D\)'
    }
}
