# The 20 workflows that users of Akida models have most often (akida-model.md 5), a script each. Of 14 power and clocks are missing, which only a
# device has, and of 17 training with labels, for which distillation stands (Optimize-QuantModel).
BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $data = "$PSScriptRoot/../examples/data"
    $keras = "$PSScriptRoot/vectors/keras"
    $network = Import-QuantModel "$data/digits.h5"
    $calibration = Import-SampleSet "$data/digits_calibration.npz"
    $test = Import-SampleSet "$data/digits_test.npz" -First 300
    $quantized = $network | Invoke-Quantize -Sample $calibration -BatchSize 100 -Epoch 2
    $akida = $quantized | ConvertTo-Akida
    $repaired = $network | Repair-QuantModel -Version 1.0 -Sample $calibration
    $version1 = $repaired |
        Invoke-Quantize -Sample $calibration -BatchSize 100 -WarningAction SilentlyContinue |
        ConvertTo-Akida -Version 1.0
}

Describe 'The workflows of akida-model.md 5' {
    It '1 converts a quantized model' {
        $made = $quantized | ConvertTo-Akida
        $made.IpVersion | Should -Be 'V2'
        @($made.Layers.TypeName)[0, -1] | Should -Be 'InputConv2D', 'Dequantizer'
    }

    It '2 prints the summary' {
        $text = "$($akida | Get-AkidaSummary)"
        $text | Should -Match 'Model Summary'
        $text | Should -Match '= SW/stem_conv-\S+ \(Software\) ='
    }

    It '3 loads pretrained models of both kinds' {
        (Import-QuantModel "$data/digits.h5", "$data/digits_pytorch.onnx").Count | Should -Be 2
    }

    It '4 measures the Akida model on test data, by accuracy or a metric of the user' {
        $measured = $akida | Measure-AkidaModel -Sample $test
        $own = @($akida | Invoke-AkidaModel -Sample $test | Where-Object { $_.Class -eq $_.Label }).Count / $test.Count
        [float] $measured.Accuracy | Should -Be ([float] $own)
        $measured.Accuracy | Should -BeGreaterThan 0.9
    }

    It '5 and 6 measures the float and the quantized model before' {
        $float, $integer = $network, $quantized | Measure-QuantModel -Sample $test
        $float.Accuracy | Should -BeGreaterThan 0.9
        $integer.Accuracy | Should -Be ($akida | Measure-AkidaModel -Sample $test).Accuracy
    }

    It '7 quantizes to 8 bits by default' {
        ($network | Invoke-Quantize -Sample $calibration[0..63]).Bits | Should -Be '8/8'
    }

    It '8 calibrates with 1,024 samples, batches of 100 and two epochs' {
        $made = $network | Invoke-Quantize -Sample $calibration -SampleCount 1024 -BatchSize 100 -Epoch 2
        @($made | Invoke-QuantModel -Sample $test).Class | Should -Be @($quantized | Invoke-QuantModel -Sample $test).Class
    }

    It '9 predicts one sample and shows the five likeliest classes' {
        $prediction = $akida | Invoke-AkidaModel -Sample $test[0] -TopK 5
        $prediction.Ranking | Should -HaveCount 5
        $prediction.Ranking[0].Class | Should -Be $prediction.Class
        $prediction.Ranking[0].Score | Should -Be ($prediction.Output | Measure-Object -Maximum).Maximum
    }

    It '10 chooses widths, for all layers or per tensor' {
        $scheme = New-QuantParameter -WeightBits 4 -ActivationBits 4 -PerTensorActivations
        $narrow = $network | Invoke-Quantize -Parameter $scheme -Sample $calibration -BatchSize 100 -WarningAction SilentlyContinue | ConvertTo-Akida
        $narrow.Bits | Should -Match '4.*/4'
    }

    It '11 goes to Akida 1.0' {
        $version1.IpVersion | Should -Be 'V1'
        ($version1 | Measure-AkidaModel -Sample $test).Accuracy | Should -BeGreaterThan 0.8
    }

    It '12 reads networks from PyTorch, with their channels first' {
        $torch = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_resnet/float.onnx"
        $floats = Import-SampleSet "$PSScriptRoot/vectors/onnx/digits_resnet/samples.npz" -First 100
        $integer = $torch | Invoke-Quantize -Sample $floats
        $made = $integer | ConvertTo-Akida
        $made.InputShape.ToString() | Should -Be '(1, 28, 28)'
        @($made | Invoke-AkidaModel -Sample $floats).Class | Should -Be @($integer | Invoke-QuantModel -Sample $floats).Class
    }

    It '13 maps a model on a device and prints the mapped summary' {
        $mapping = $akida | Resolve-AkidaMapping SixNodesIPv2
        $text = "$($mapping | Get-AkidaSummary)"
        $text | Should -Match 'Layers +NPs +Skip DMAs +External Memory'
        $text | Should -Match '= HW/stem_conv'
        $text | Should -Match 'Components'
    }

    It '14 reads how fast the emulator is' {
        ($akida | Measure-AkidaModel -Sample $test).SamplesPerSecond | Should -BeGreaterThan 0
    }

    It '15 edits the end of a model' {
        $popped = $version1 | Remove-AkidaLayer
        $popped.Layers.Count | Should -Be ($version1.Layers.Count - 1)
        $longer = $popped | Add-AkidaLayer (New-AkidaLayer FullyConnected -Units 4 -Name head -WeightsBits 4 -Activation $false)
        $longer.Layers[-1].Name | Should -Be 'head'
        $longer.OutputShape.ToString() | Should -Be '(1, 1, 4)'
    }

    It '16 learns at the edge, with several neurons a class, and adds classes' {
        $config = $repaired | Get-QuantConfig
        $config['block_4_relu'].output_quantizer.bitwidth = 1
        $backbone, $null = $repaired |
            Invoke-Quantize -Config $config -Sample $calibration -WarningAction SilentlyContinue |
            Split-QuantModel -After block_4_relu
        $extractor = $backbone | ConvertTo-Akida -Version 1.0
        $layer = New-AkidaLayer FullyConnected -Name edge -Units 32 -WeightsBits 1 -Activation $false -NumWeights 400 -NumClasses 8
        $few = @(0..299 | Where-Object { $test.Labels[$_] -lt 8 })
        $learned = $extractor | Add-AkidaLayer $layer | Update-AkidaModel -Sample $test[$few[0..149]] -Seed 1
        $learned | Export-AkidaModel "$TestDrive/learned.akq"
        $wider = Import-AkidaModel "$TestDrive/learned.akq" | Add-AkidaClass 2 -Seed 1 | Update-AkidaModel -Sample $test[0..149]
        $before = $learned | Measure-AkidaModel -Sample $test[$few[150..($few.Count - 1)]]
        $after = $wider | Measure-AkidaModel -Sample $test[150..299]
        $before.Confusion.ToString() | Should -Not -BeNullOrEmpty
        $before.Accuracy, $after.Accuracy | ForEach-Object { $_ | Should -BeGreaterThan 0.5 }
        "$($wider | Get-AkidaSummary)" | Should -Match '(?m)^edge +\d+ +400 *$'
    }

    It '17 brings back what few bits cost, after quantization' {
        $scheme = New-QuantParameter -WeightBits 4 -ActivationBits 4
        $narrow = $network | Invoke-Quantize -Parameter $scheme -Sample $calibration -BatchSize 100 -WarningAction SilentlyContinue
        $optimized = $narrow | Optimize-QuantModel -Sample $calibration
        ($optimized | Measure-QuantModel -Sample $test).Accuracy | Should -BeGreaterOrEqual ($narrow | Measure-QuantModel -Sample $test).Accuracy
    }

    It '18 saves a model and reads it again' {
        $akida | Export-AkidaModel "$TestDrive/digits.akq"
        $read = Import-AkidaModel "$TestDrive/digits.akq"
        $read.Layers.Count | Should -Be $akida.Layers.Count
        @($read | Invoke-AkidaModel -Sample $test -Potential).Output | Should -Be @($akida | Invoke-AkidaModel -Sample $test -Potential).Output
    }

    It '19 says how sparse each layer is' {
        $rows = ($akida | Measure-AkidaModel -Sample $test -Sparsity).Sparsity
        $work = $akida | Measure-AkidaWork -Sample $test
        $rows[0].Sparsity | Should -Be ($work | Where-Object Name -EQ $rows[0].Name).Sparsity
        $work[1].Operations | Should -BeLessThan $work[1].Multiplications
    }

    It '20 says what is incompatible and mends it, streams, and builds by hand' {
        $refused = $network | Test-AkidaModel -Version 1.0 | Where-Object Problem
        $refused | Should -Not -BeNullOrEmpty
        $repaired | Test-AkidaModel -Version 1.0 | Where-Object Problem | Should -BeNullOrEmpty

        $gestures = Import-QuantModel "$keras/temporal_buffers/quantized.h5" | ConvertTo-Akida
        $frames = Import-SampleSet "$keras/temporal_buffers/inputs.npz" -First 4
        $stream = $gestures | New-AkidaStream
        $alone = 0..3 | ForEach-Object { (Invoke-AkidaModel -Stream $stream -Sample $frames[$_] -Potential).Output -join ' ' }
        $alone | Should -Be @($gestures | Invoke-AkidaModel -Sample $frames -Potential | ForEach-Object { $_.Output -join ' ' })

        $weights = New-AkidaLayer Dense1D -Units 1 -Variable @{ weights = @(, 1), @(, -2) }
        $made = $weights, (New-AkidaLayer Dequantizer) | New-AkidaModel -InputShape 1, 1, 2
        ($made | Invoke-AkidaModel -Sample (New-SampleSet -InputObject ([sbyte[]] (3, 5)) -Shape 1, 1, 2)).Output | Should -Be -7
    }
}
