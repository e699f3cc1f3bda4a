BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $float = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $test = Import-SampleSet "$digits/inputs.npz" -First 12
    $type = 'AkidaQuant.PowerShell.Commands.SplitQuantModelCommand'

    # What the second model makes of the outputs of the first.
    function Get-Joined($First, $Second) {
        $between = [System.Collections.Generic.List[float]]::new()
        $First | Invoke-QuantModel $test | ForEach-Object { $between.AddRange([float[]] $_.Output) }
        $Second | Invoke-QuantModel (New-SampleSet -InputObject $between.ToArray() -Shape $Second.InputShape) |
            ForEach-Object { "$($_.Output)" }
    }
}

Describe 'Split-QuantModel' {
    It 'gives two models in order, whose second continues the first' {
        $first, $second = $float | Split-QuantModel gap
        $first | Should -BeOfType ([AkidaQuant.Model])
        $first.Layers[-1].Name | Should -Be 'gap'
        $second.Layers[0].Name | Should -Be 'gap'
        $second.InputShape | Should -Be $first.Layers[-1].OutputShape
        Get-Joined $first $second | Should -Be ($float | Invoke-QuantModel $test).ForEach({ "$($_.Output)" })
    }

    It 'takes the model and the layer by position, and the path of a file' {
        (Split-QuantModel "$digits/float.h5" gap).Count | Should -Be 2
        (Split-QuantModel -Model $float -After gap)[1].Name | Should -Be "$($float.Name)_2"
    }

    It 'splits a quantized model where integers are narrow, and both parts are quantized models that can be written' {
        $place = $quantized.Layers.Where({ $_.ClassName -eq 'QuantizedReLU' -and $_.OutputBits -le 8 })[1].Name
        $first, $second = $quantized | Split-QuantModel -After $place
        $first.IsQuantized, $second.IsQuantized | Should -Be $true, $true
        Get-Joined $first $second | Should -Be ($quantized | Invoke-QuantModel $test).ForEach({ "$($_.Output)" })
        $second | Export-QuantModel "$TestDrive/second.h5"
        Get-Joined $first (Import-QuantModel "$TestDrive/second.h5") |
            Should -Be ($quantized | Invoke-QuantModel $test).ForEach({ "$($_.Output)" })
        ($second | ConvertTo-Akida).Layers[0].TypeName | Should -Be 'Quantizer'
    }

    It 'names what is wrong, and where a split works' {
        { $float | Split-QuantModel none -ErrorAction Stop } | Should -Throw -ErrorId "SplitLayerUnknown,$type"
        { $float | Split-QuantModel $float.Layers[-1].Name -ErrorAction Stop } | Should -Throw -ErrorId "SplitNothingLeft,$type"
        $sums = $quantized.Layers.Where({ $_.ClassName -eq 'QuantizedConv2D' })[0].Name
        { $quantized | Split-QuantModel $sums -ErrorAction Stop } |
            Should -Throw -ErrorId "SplitIntegersWide,$type" -ExpectedMessage '*Split after one of these:*'
        $residual = Import-QuantModel "$PSScriptRoot/vectors/keras/residual_add/float.h5"
        $inner = $residual.Layers.Where({ $_.ClassName -eq 'Add' })[0].Inputs[1]
        { $residual | Split-QuantModel $inner -ErrorAction Stop } |
            Should -Throw -ErrorId "SplitSeveralTensors,$type" -ExpectedMessage '*Split after one of these:*'
    }

    It 'completes the names of layers' {
        $line = '$float | Split-QuantModel -After ga'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'gap'
    }
}

Describe 'Invoke-Quantize -Hybrid' {
    It 'goes on behind layers in float, and the chain runs as the quantized model does' {
        $network = New-QuantModel -InputShape 8, 8, 1 -Seed 3 -Layer @(
            @{ Conv2D = @{ filters = 4; kernel_size = 3 } }, 'ReLU', @{ Activation = @{ activation = 'tanh' } }
            @{ Conv2D = @{ filters = 4; kernel_size = 3 } }, 'GlobalAveragePooling2D', @{ Dense = @{ units = 3 } }, 'Softmax'
        )
        $samples = New-SampleSet -Shape 8, 8, 1 -Count 24 -Seed 5 -Minimum -1 -Maximum 1
        $scheme = New-QuantParameter -InputType int8
        $whole = $network | Invoke-Quantize $samples -Parameter $scheme -Hybrid -WarningAction SilentlyContinue
        $whole.Layers.Where({ $_.ClassName -eq 'InputQuantizer' }).Count | Should -Be 2
        $akida = $whole | ConvertTo-Akida -WarningAction SilentlyContinue
        $akida.Parts.Kind | Should -Be 'Integer', 'Float', 'Integer', 'Float'
        ($akida | Invoke-AkidaModel $samples).ForEach({ "$($_.Output)" }) |
            Should -Be ($whole | Invoke-QuantModel $samples).ForEach({ "$($_.Output)" })
    }
}
