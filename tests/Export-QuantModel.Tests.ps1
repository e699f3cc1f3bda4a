BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $model = Import-QuantModel "$keras/tutorial_1_params/quantized.h5"
    $type = 'AkidaQuant.PowerShell.Commands.ExportQuantModelCommand'
}

Describe 'Export-QuantModel' {
    It 'writes a quantized model that reads back the same' {
        foreach ($extension in 'h5', 'keras') {
            $model | Export-QuantModel "$TestDrive/a.$extension" | Should -BeNullOrEmpty
            $read = Import-QuantModel "$TestDrive/a.$extension"
            (Get-QuantSummary $read).ToString() | Should -BeExactly (Get-QuantSummary $model).ToString()
            (Get-QuantConfig $read).ToString() | Should -BeExactly (Get-QuantConfig $model).ToString()
        }
    }

    It 'writes a float model with the outputs that it had' {
        $floating = Import-QuantModel "$keras/dense_float/float.keras"
        $samples = Import-SampleSet "$keras/dense_float/inputs.npz"
        Export-QuantModel "$TestDrive/float.h5" -Model $floating
        $expected = Invoke-QuantModel $floating -Sample $samples
        $read = Import-QuantModel "$TestDrive/float.h5" | Invoke-QuantModel -Sample $samples
        @($read.Score) -join ' ' | Should -BeExactly (@($expected.Score) -join ' ')
    }

    It 'writes a file of Keras 3 in the form of tf_keras' {
        Import-QuantModel "$PSScriptRoot/vectors/keras3/digits_ds_cnn.keras" | Export-QuantModel "$TestDrive/digits.h5"
        $text = [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes("$TestDrive/digits.h5"))
        $text | Should -Match 'batch_input_shape'
        $text | Should -Not -Match 'DTypePolicy'
    }

    It 'writes a network from PyTorch as Keras has it, float and quantized' {
        $network = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_resnet/float_dynamo.onnx"
        $samples = Import-SampleSet "$PSScriptRoot/vectors/onnx/digits_resnet/samples.npz" -First 100
        foreach ($stage in $network, ($network | Invoke-Quantize -Sample $samples -BatchSize 50)) {
            $stage | Export-QuantModel "$TestDrive/torch.h5" -Force
            $read = Import-QuantModel "$TestDrive/torch.h5"
            $pixels = New-SampleSet -Shape 28, 28, 1 -InputObject (0..783 | ForEach-Object { $_ % 251 / 250 })
            $expected = $stage | Invoke-QuantModel -Sample $pixels
            $actual = $read | Invoke-QuantModel -Sample $pixels
            foreach ($i in 0..9) {
                [Math]::Abs($actual.Output[$i] - $expected.Output[$i]) | Should -BeLessThan 0.0001
            }
        }
    }

    It 'writes nothing with -WhatIf' {
        $model | Export-QuantModel "$TestDrive/whatif.h5" -WhatIf
        "$TestDrive/whatif.h5" | Should -Not -Exist
    }

    It 'replaces a file only with -Force' {
        [System.IO.File]::WriteAllText("$TestDrive/old.h5", 'old')
        { $model | Export-QuantModel "$TestDrive/old.h5" -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$type"
        [System.IO.File]::ReadAllText("$TestDrive/old.h5") | Should -BeExactly 'old'
        $model | Export-QuantModel "$TestDrive/old.h5" -Force
        (Import-QuantModel "$TestDrive/old.h5").Name | Should -Be $model.Name
    }

    It 'gives the file with -PassThru' {
        $file = $model | Export-QuantModel "$TestDrive/pass.keras" -PassThru
        $file | Should -BeOfType 'System.IO.FileInfo'
        $file.Name | Should -Be 'pass.keras'
    }

    It 'gives the file as Get-Item does, wherever the session is' {
        $paths = $ExecutionContext.SessionState.Path
        $here = $paths.CurrentLocation.Path
        try {
            $null = $paths.SetLocation('Env:')
            $file = $model | Export-QuantModel -LiteralPath "FileSystem::$TestDrive/away[1].h5" -PassThru
        } finally {
            $null = $paths.SetLocation($here)
        }
        $file.PSPath | Should -BeExactly "Microsoft.PowerShell.Core\FileSystem::$($file.FullName)"
        $file.Name | Should -BeExactly 'away[1].h5'
    }

    It 'takes wildcard characters literally with -LiteralPath' {
        $model | Export-QuantModel -LiteralPath "$TestDrive/net[1].h5"
        [System.IO.File]::Exists("$TestDrive/net[1].h5") | Should -BeTrue
    }

    It 'leaves nothing behind when it cannot write' {
        { $model | Export-QuantModel "$TestDrive/none/a.h5" -ErrorAction Stop } | Should -Throw -ErrorId "FileNotWritten,$type"
        { $model | Export-QuantModel "$TestDrive/a.tflite" -ErrorAction Stop } | Should -Throw -ErrorId "ModelFormatUnknown,$type"
        @(Get-ChildItem $TestDrive -Filter *.tmp -Force) | Should -HaveCount 0
    }
}
