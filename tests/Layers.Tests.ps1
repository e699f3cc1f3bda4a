BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $float = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $samples = Import-SampleSet "$digits/inputs.npz"
    $akida = $quantized | ConvertTo-Akida
}

Describe 'Layers of a model' {
    It 'are a list with a count, positions and names' {
        $quantized.Layers.Count | Should -Be 20
        $quantized.Layers[1].Name | Should -Be 'rescaling'
        $quantized.Layers[-1].Name | Should -Be 'dequantizer'
        $quantized.Layers[1..2].Name | Should -Be 'rescaling', 'stem_conv'
        $quantized.Layers['stem_conv'].ClassName | Should -Be 'QuantizedConv2D'
        $quantized.Layers['stem_conv', 'stem_relu'].Name | Should -Be 'stem_conv', 'stem_relu'
        $quantized['stem_conv'].Name | Should -Be 'stem_conv'
        $quantized['STEM_conv'].Name | Should -Be 'stem_conv'
        @($quantized.Layers | Where-Object ClassName -EQ QuantizedReLU) | Should -HaveCount 5
    }

    It 'give nothing for a name or position that there is not, as hashtables and arrays do, and an error in strict mode' {
        $quantized['stem_con'] | Should -BeNullOrEmpty
        $quantized.Layers[99] | Should -BeNullOrEmpty
        $akida['stem_con'] | Should -BeNullOrEmpty
        { Set-StrictMode -Version Latest; $quantized['stem_con'] } | Should -Throw "The model 'mnist_ds_cnn' has no layer 'stem_con'. Did you mean 'stem_conv'?"
        { Set-StrictMode -Version Latest; $akida['stem_con'] } | Should -Throw "The Akida model 'mnist_ds_cnn' has no layer 'stem_con'. Did you mean 'stem_conv'?"
    }

    It 'show a quantizer: bits, scales, ranges, shifts' {
        $relu = $quantized['stem_relu']
        $relu.Bitwidth | Should -Be 8
        $relu.Signed | Should -BeTrue
        $relu.Scale | Should -HaveCount 16
        $relu.Scale[0] | Should -BeOfType [double]
        $relu.Scale | Should -Be @($relu.FracBits | ForEach-Object { [Math]::Pow(2, $_) })
        $relu.RangeMax | Should -HaveCount 16
        $relu.OutputShift | Should -HaveCount 16
        $relu.OutputScale | Should -HaveCount 16
        $relu.Offset | Should -BeNullOrEmpty
        $relu.OutputShape.ToString() | Should -Be '(14, 14, 16)'
    }

    It 'show weights in floats and in integers, and the bias' {
        $layer = $quantized['stem_conv']
        $layer.Weights.Shape.ToString() | Should -Be '(3, 3, 1, 16)'
        $layer.IntegerWeights.Values | Should -HaveCount 144
        ($layer.IntegerWeights.Values | Measure-Object -Maximum).Maximum | Should -Be 127
        $layer.IntegerWeights.Values[0] * $layer.WeightScale[0] | Should -BeGreaterThan ($layer.Weights.Values[0] - $layer.WeightScale[0])
        $layer.IntegerWeights.Values[0] * $layer.WeightScale[0] | Should -BeLessThan ($layer.Weights.Values[0] + $layer.WeightScale[0])
        $layer.Bias.Values | Should -HaveCount 16
        $layer.IntegerBias.Values | Should -HaveCount 16
        $layer.Variables.kernel.Values | Should -Be $layer.Weights.Values
        $layer.QuantizationVariables.Keys | Should -Contain 'weight_quantizer/qweights'
        $layer.Arguments.filters | Should -Be 16
        $layer.Weights.Values[0] = 99
        $layer.Weights.Values[0] | Should -Not -Be 99
    }

    It 'show what an InputQuantizer learned, as the tutorial prints it' {
        $bytes = New-SampleSet 28, 28, 1 -Count 32 -InputType uint8 -Seed 1
        $untyped = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_convnet/float.onnx" | Add-QuantRescaling -Scale (1 / 255)
        $floats = New-SampleSet -InputObject ([float[]] @(foreach ($i in 0..31) { $bytes.Values($i) })) -Shape 28, 28, 1
        $layer = ($untyped | Invoke-Quantize -Sample $floats -BatchSize 32 -WarningAction SilentlyContinue).Layers[1]
        $layer.ClassName | Should -Be 'InputQuantizer'
        $layer.Bitwidth | Should -Be 8
        $layer.Signed | Should -BeFalse
        $layer.Scale | Should -Be 1
        $layer.Offset | Should -Be 0
        $layer.RangeMax | Should -Be 255
        $layer.RangeMin | Should -Be 0
        $signed = ($untyped | Invoke-Quantize -Parameter (New-QuantParameter -InputType int8) -Sample $floats -BatchSize 32 -WarningAction SilentlyContinue)['input_quantizer']
        $signed.Signed | Should -BeTrue
        $signed.Scale | Should -Be 0.5
        $signed.Offset | Should -BeNullOrEmpty
    }

    It 'show the integers of quantized ONNX files' {
        $integer = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_resnet_int8/quantized.onnx"
        $layer = @($integer.Layers | Where-Object IntegerWeights)[0]
        $layer.IntegerWeights.Values.Count | Should -BeGreaterThan 0
        $layer.OutputShift.Count | Should -BeGreaterThan 0
        $layer.Weights | Should -BeNullOrEmpty
    }

    It 'show the variables of Akida layers by name' {
        $akida.Layers.Count | Should -Be 10
        $akida.Layers[-1].TypeName | Should -Be 'Dequantizer'
        $akida['stem_conv'].TypeName | Should -Be 'InputConv2D'
        $weights = $akida['stem_conv'].Variables['weights']
        $weights.Shape.ToString() | Should -Be '(3, 3, 1, 16)'
        $before = $weights.Values[0]
        $weights.Values[0] = if ($before -eq 5) { 4 } else { 5 }
        $akida['stem_conv'].Variables['weights'].Values[0] | Should -Be $before
        foreach ($variable in $akida['stem_conv'].Variables) {
            $variable.Value.Values[0] = 1 + $variable.Value.Values[0]
        }
        $akida['stem_conv'].Variables['weights'].Values[0] | Should -Be $before
        $akida['stem_conv'].Variables['nothing'] | Should -BeNullOrEmpty
    }

    It 'are shown as a table' {
        $text = $quantized.Layers | Select-Object -First 3 | Out-String
        $text | Should -Match 'Name\s+ClassName\s+OutputShape\s+OutputBits\s+Inputs'
        $text | Should -Match 'stem_conv\s+QuantizedConv2D\s+\(14, 14, 16\)\s+28\s+rescaling'
        ($akida.Layers | Out-String) | Should -Match 'classifier\s+Dense1D\s+block_4_pw\s+weights'
    }

    It 'complete their properties and names' {
        $global:quantizedToComplete = $quantized
        try {
            (TabExpansion2 '$quantizedToComplete.Layers[1].Sca' 33).CompletionMatches.CompletionText | Should -Contain 'Scale'
        }
        finally {
            Remove-Variable quantizedToComplete -Scope Global
        }
    }
}

Describe 'Some samples of a set' {
    It 'are one set, with the labels that belong to them: <Name>' -ForEach @(
        @{ Name = 'one'; Take = { $samples[2] }; Expected = @(2) }
        @{ Name = 'the last'; Take = { $samples[-1] }; Expected = @(999) }
        @{ Name = 'a range'; Take = { $samples[0..3] }; Expected = @(0, 1, 2, 3) }
        @{ Name = 'several'; Take = { $samples[5, 1, 5] }; Expected = @(5, 1, 5) }
        @{ Name = 'ranges of the end'; Take = { $samples[-2..-1] }; Expected = @(998, 999) }
        @{ Name = 'ranges and positions'; Take = { $samples[0..1 + 7] }; Expected = @(0, 1, 7) }
        @{ Name = 'what a command gives'; Take = { $samples[(0..9 | Where-Object { $_ % 4 -eq 0 })] }; Expected = @(0, 4, 8) }
    ) {
        $some = & $Take
        @($some) | Should -HaveCount 1
        $some | Should -BeOfType 'AkidaQuant.SampleSet'
        $some.Count | Should -Be $Expected.Count
        $some.Labels | Should -Be @($Expected | ForEach-Object { $samples.Labels[$_] })
        $some.Values(0) | Should -Be $samples.Values($Expected[0])
    }

    It 'run as the whole set does' {
        $all = @($quantized | Invoke-QuantModel -Sample $samples[0..9])
        $some = @($quantized | Invoke-QuantModel -Sample $samples[9, 0])
        $some[0].Output | Should -Be $all[9].Output
        $some[1].Output | Should -Be $all[0].Output
    }

    It 'keep names and classes' {
        $named = New-SampleSet -InputObject (1..6) -Shape 2 -Label 0, 1, 0 -Name a, b, c
        $named[2, 0].Names | Should -Be 'c', 'a'
    }

    It 'are an error of ours where there are none: <Name>' -ForEach @(
        @{ Name = 'beyond the end'; Take = { $samples[0..1000] }; Message = 'There is no sample at the position 1000.*0 to 999*' }
        @{ Name = 'before the start'; Take = { $samples[-1001] }; Message = 'There is no sample at the position -1001.*' }
        @{ Name = 'a word'; Take = { $samples['first'] }; Message = "*'first' is none.*" }
        @{ Name = 'a fraction'; Take = { $samples[0.5] }; Message = "*'0.5' is none.*" }
        @{ Name = 'nothing'; Take = { $samples[$null] }; Message = "*'null' is none.*" }
        @{ Name = 'an empty list'; Take = { $samples[@()] }; Message = 'No positions were given*' }
    ) {
        $Take | Should -Throw $Message
        try { & $Take } catch { $_.ToString() | Should -Not -Match 'System\.|AkidaQuant\.' }
    }
}
