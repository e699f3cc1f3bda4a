BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $type = 'AkidaQuant.PowerShell.Commands.ConvertToAkidaCommand'
}

Describe 'ConvertTo-Akida' {
    It 'converts a quantized model' {
        $akida = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida
        $akida | Should -BeOfType 'AkidaQuant.AkidaModel'
        $akida.IpVersion | Should -Be 'V2'
        $akida.Layers.Count | Should -Be 10
        $akida.Layers[0].TypeName | Should -Be 'InputConv2D'
    }

    It 'converts to Akida 1.0' {
        # The activations of Akida 1.0 are bounded, those of this network are not.
        $latin = [System.Text.Encoding]::Latin1
        $text = $latin.GetString([System.IO.File]::ReadAllBytes("$keras/digits_lenet_akida1/float.h5"))
        [System.IO.File]::WriteAllBytes("$TestDrive/bounded.h5", $latin.GetBytes($text.Replace('"max_value": null', '"max_value": 6.00')))
        $samples = Import-SampleSet "$keras/digits_lenet_akida1/samples.npz" -First 200
        $test = Import-SampleSet "$keras/digits_lenet_akida1/inputs.npz" -First 200
        $scheme = New-QuantParameter -InputWeightBits 8 -WeightBits 4 -ActivationBits 4 -PerTensorActivations
        $quantized = Import-QuantModel "$TestDrive/bounded.h5" | Invoke-Quantize -Parameter $scheme -Sample $samples -BatchSize 100
        $akida = $quantized | ConvertTo-Akida -Version 1.0
        $akida.IpVersion | Should -Be 'V1'
        $akida.Layers[0].TypeName | Should -Be 'InputConvolutional'

        # Akida 1.0 rounds its thresholds, so single samples may differ (convert.md 9.4).
        $difference = (Measure-AkidaModel $akida $test).Accuracy - (Measure-QuantModel $quantized $test).Accuracy
        [Math]::Abs($difference) | Should -BeLessOrEqual 0.02
    }

    It 'converts a network from PyTorch, whose samples have their channels first or last' {
        $onnx = "$PSScriptRoot/vectors/onnx/digits_resnet"
        $network = Import-QuantModel "$onnx/float.onnx"
        $floats = Import-SampleSet "$onnx/samples.npz" -First 200
        $quantized = $network | Invoke-Quantize -Sample $floats -BatchSize 100
        $akida = $quantized | ConvertTo-Akida
        $akida.Layers[0].TypeName | Should -Be 'Quantizer'
        $akida.Layers[0].ChannelsFirst | Should -BeTrue
        $akida.InputShape.ToString() | Should -Be '(1, 28, 28)'
        $akida.Layers[1].Padding | Should -Be 'SameUpper'
        @(Invoke-AkidaModel $akida -Sample $floats).Class | Should -Be @(Invoke-QuantModel $quantized -Sample $floats).Class

        # Bytes with their channels last are taken as they are.
        $bytes = New-SampleSet -Shape 28, 28, 1 -Count 50 -Seed 1
        $typed = $network | Add-QuantRescaling -Scale (1 / 255) | Invoke-Quantize -Sample $bytes
        $akida = $typed | ConvertTo-Akida
        $akida.Layers[0].TypeName | Should -Be 'InputConv2D'
        @(Invoke-AkidaModel $akida -Sample $bytes).Class | Should -Be @(Invoke-QuantModel $typed -Sample $bytes).Class
    }

    It 'converts each model of the pipeline' {
        @(Import-QuantModel "$keras/conv_k3*/quantized.h5" | ConvertTo-Akida) | Should -HaveCount 6
    }

    It 'warns that it ignores -InputScaling' {
        $null = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida -InputScaling 255, 0 -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'InputScaling is ignored'
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'a float model'; File = 'digits_ds_cnn/float.h5'; Version = '2.0'; Id = 'AkidaModelNotQuantized'; Message = '*not quantized*' }
        @{ Case = 'layers that Akida lacks'; File = 'tutorial_1_params/quantized.h5'; Version = '2.0'; Id = 'AkidaPatternUnknown'; Message = '*' }
        @{ Case = 'unbounded activations for Akida 1.0'; File = 'digits_lenet_akida1/quantized.h5'; Version = '1.0'; Id = 'AkidaV1ReluUnbounded'; Message = '*relu_0*max_value*' }
        @{ Case = 'an unsigned input without a convolution'; File = 'dense_only/quantized.h5'; Version = '2.0'; Id = 'AkidaInputUnsigned'; Message = '*uint8*' }
    ) {
        $model = Import-QuantModel "$keras/$File"
        { $model | ConvertTo-Akida -Version $Version -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
        { $model | ConvertTo-Akida -Version $Version -ErrorAction Stop } | Should -Throw $Message
    }

    It 'refuses for Akida 1.0 what only 2.0 has' {
        $model = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5"
        { $model | ConvertTo-Akida -Version 1.0 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaV1QuantizerPlace,$type"
    }

    It 'refuses another version' {
        { Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida -Version 3.0 } | Should -Throw '*1.0*2.0*'
    }

    It 'is shown as a table' {
        $text = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida | Out-String -Width 120
        $text | Should -Match 'Name +Version +Layers +Input +InputType +Output +Macs'
        $text | Should -Match 'mnist_ds_cnn +2\.0 +10 +\(28, 28, 1\) +uint8 +\(1, 1, 10\)'
    }

    It 'says how an input of real numbers goes without a padding value' {
        $floats = "$PSScriptRoot/vectors/keras/float_input_uint8_per_tensor"
        { Import-QuantModel "$floats/quantized.h5" | ConvertTo-Akida -ErrorAction Stop } |
            Should -Throw '*New-QuantParameter -InputType*' -ErrorId 'AkidaPaddingValueInside,AkidaQuant.PowerShell.Commands.ConvertToAkidaCommand'
        $parameter = New-QuantParameter -InputType int8
        $samples = Import-SampleSet "$floats/samples.npz"
        Import-QuantModel "$floats/float.h5" | Invoke-Quantize -Sample $samples -Parameter $parameter | ConvertTo-Akida | Should -Not -BeNullOrEmpty
    }

    It 'says with -Verbose which layers became which' {
        $said = Import-QuantModel "$PSScriptRoot/vectors/keras/conv_k3_s1_same/quantized.h5" | ConvertTo-Akida -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        $said.Message -like "*'conv_a' (QuantizedConv2D)*became 'conv_a' (*Conv2D) with *weights_bits *" | Should -HaveCount 1
        $said.Message -like "*(Dequantizer) became '*' (Dequantizer)*" | Should -HaveCount 1
    }
}
