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

    It 'says with -WhatIf what an existing file needs, and no error' {
        [System.IO.File]::WriteAllText("$TestDrive/there.h5", 'old')
        $model | Export-QuantModel "$TestDrive/there.h5" -WhatIf -ErrorAction Stop
        $model | Export-QuantModel "$TestDrive/there.h5" -Force -WhatIf -ErrorAction Stop
        [System.IO.File]::ReadAllText("$TestDrive/there.h5") | Should -BeExactly 'old'
    }

    It 'refuses a second model to one path before anything is lost, <Case>' -TestCases @(
        @{ Case = 'with -Path'; Arguments = @{ Path = 'many.h5' } }
        @{ Case = 'with -LiteralPath'; Arguments = @{ LiteralPath = 'many.h5' } }
        @{ Case = 'with a script block'; Arguments = @{ Path = { 'many.h5' } } }
        @{ Case = 'with another way to the same file'; Arguments = @{ Path = { "./$(if ($_.IsQuantized) { 'a/../' })many.h5" } } }
    ) {
        $null = [System.IO.Directory]::CreateDirectory("$TestDrive/a")
        [System.IO.File]::WriteAllText("$TestDrive/many.h5", 'old')
        $floating = Import-QuantModel "$keras/tutorial_1_params/float.h5"
        Push-Location $TestDrive
        try {
            { $floating, $model | Export-QuantModel @Arguments -Force } | Should -Throw -ErrorId "PathRepeated,$type"
        }
        finally {
            Pop-Location
        }
        [System.IO.File]::ReadAllText("$TestDrive/many.h5") | Should -BeExactly 'old'
    }

    It 'leaves the first model at a new path that a second one has too' {
        $floating = Import-QuantModel "$keras/tutorial_1_params/float.h5"
        { $floating, $model | Export-QuantModel "$TestDrive/new.h5" -Force } | Should -Throw -ErrorId "PathRepeated,$type"
        (Import-QuantModel "$TestDrive/new.h5").IsQuantized | Should -BeFalse
    }

    It 'replaces several files, and goes on where one cannot be written' {
        foreach ($name in 'True', 'False') {
            [System.IO.File]::WriteAllText("$TestDrive/each_$name.h5", 'old')
        }
        $floating = Import-QuantModel "$keras/tutorial_1_params/float.h5"
        $folder = { if ($_.IsQuantized) { "$TestDrive/each_$($_.IsQuantized).h5" } else { "$TestDrive/none/x.h5" } }
        $floating, $model | Export-QuantModel -Path $folder -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -Be "FileNotWritten,$type"
        (Import-QuantModel "$TestDrive/each_True.h5").IsQuantized | Should -BeTrue
        [System.IO.File]::ReadAllText("$TestDrive/each_False.h5") | Should -BeExactly 'old'
        $floating, $model | Export-QuantModel -Path { "$TestDrive/each_$($_.IsQuantized).h5" } -Force -PassThru |
            Split-Path -Leaf | Should -Be 'each_False.h5', 'each_True.h5'
        (Import-QuantModel "$TestDrive/each_False.h5").IsQuantized | Should -BeFalse
    }

    It 'asks a script block for the path of each model, wildcard characters included with -LiteralPath' {
        $model | Export-QuantModel -Path { "$TestDrive/$($_.Name).h5" } -PassThru | Split-Path -Leaf | Should -BeExactly "$($model.Name).h5"
        $model | Export-QuantModel -LiteralPath { "$TestDrive/[$($_.Name)].h5" } -PassThru | Split-Path -Leaf | Should -BeExactly "[$($model.Name)].h5"
        { Export-QuantModel -Path { "$TestDrive/x.h5" } -Model $model } | Should -Throw '*script block*no input*'
        Test-Path "$TestDrive/x.h5" | Should -BeFalse
    }

    It 'takes the path of the model, also from the pipe' {
        Export-QuantModel "$TestDrive/copy.keras" -Model "$keras/tutorial_1_params/quantized.h5"
        (Get-QuantConfig "$TestDrive/copy.keras").ToString() | Should -BeExactly (Get-QuantConfig $model).ToString()
        Get-Item "$keras/tutorial_1_params/quantized.h5" | Export-QuantModel "$TestDrive/again.h5" -PassThru | Should -HaveCount 1
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

Describe 'Export-QuantModel of descriptions' {
    BeforeAll {
        $float = Import-QuantModel "$keras/tutorial_1_params/float.h5"
    }

    It 'writes a <Extension> file with its weights beside it, float and quantized' -TestCases @(
        @{ Extension = 'yaml' }, @{ Extension = 'yml' }, @{ Extension = 'json' }
    ) {
        foreach ($network in $float, $model) {
            $null = [System.IO.Directory]::CreateDirectory("$TestDrive/$Extension")
            $network | Export-QuantModel "$TestDrive/$Extension/net.$Extension" -IncludeWeight -Force -WarningVariable warnings
            $warnings | Should -BeNullOrEmpty
            $read = Import-QuantModel "$TestDrive/$Extension/net.$Extension"
            (Get-QuantSummary $read).ToString() | Should -BeExactly (Get-QuantSummary $network).ToString()
            (Get-QuantConfig $read).ToString() | Should -BeExactly (Get-QuantConfig $network).ToString()
            $read | Export-QuantModel "$TestDrive/$Extension/again.$Extension" -IncludeWeight -Force
            (Get-FileHash "$TestDrive/$Extension/again.npz").Hash | Should -BeExactly (Get-FileHash "$TestDrive/$Extension/net.npz").Hash
            [System.IO.File]::ReadAllText("$TestDrive/$Extension/again.$Extension").Replace('again.npz', 'net.npz') |
                Should -BeExactly ([System.IO.File]::ReadAllText("$TestDrive/$Extension/net.$Extension"))
        }
    }

    It 'says that a description goes without its weights' {
        $float | Export-QuantModel "$TestDrive/bare.yaml" -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Match 'bare.yaml.*IncludeWeight'
        "$TestDrive/bare.npz" | Should -Not -Exist
        [System.IO.File]::ReadAllText("$TestDrive/bare.yaml") | Should -Match '(?m)^  - Conv2D: \{ filters: 16, kernel_size: 3, name: input_conv \}$'
        (Import-QuantModel "$TestDrive/bare.yaml" -WarningAction SilentlyContinue)['input_conv'] | Should -Not -BeNullOrEmpty
    }

    It 'says nothing of a description that it does not write' {
        $float | Export-QuantModel "$TestDrive/unwritten.yaml" -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        $float | Export-QuantModel "$TestDrive/none/a.yaml" -ErrorAction SilentlyContinue -WarningVariable +warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
    }

    It 'replaces weights only with -Force' {
        [System.IO.File]::WriteAllText("$TestDrive/taken.npz", 'old')
        { $float | Export-QuantModel "$TestDrive/taken.yaml" -IncludeWeight -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$type"
        [System.IO.File]::ReadAllText("$TestDrive/taken.npz") | Should -BeExactly 'old'
        "$TestDrive/taken.yaml" | Should -Not -Exist
        $float | Export-QuantModel "$TestDrive/taken.yaml" -IncludeWeight -Force
        Import-QuantModel "$TestDrive/taken.yaml" | Should -BeOfType ([AkidaQuant.Model])
    }

    It 'refuses weights that another model of the pipeline has written already' {
        $null = [System.IO.Directory]::CreateDirectory("$TestDrive/pair")
        $path = { "$TestDrive/pair/net.$(if ($_.IsQuantized) { 'yaml' } else { 'json' })" }
        { $float, $model | Export-QuantModel -Path $path -IncludeWeight -Force } |
            Should -Throw -ErrorId "PathRepeated,$type" -ExpectedMessage "*net.npz', which is written with '*net.yaml'*"
        "$TestDrive/pair/net.yaml" | Should -Not -Exist
        (Import-QuantModel "$TestDrive/pair/net.json").IsQuantized | Should -BeFalse
        $float, $model | Export-QuantModel -Path { "$TestDrive/pair/$($_.IsQuantized).yaml" } -IncludeWeight
        @(Get-ChildItem "$TestDrive/pair" -Filter *.npz) | Should -HaveCount 3
    }

    It 'refuses weights that another description beside it has, even with -Force' {
        $null = [System.IO.Directory]::CreateDirectory("$TestDrive/beside")
        $float | Export-QuantModel "$TestDrive/beside/net.yaml" -IncludeWeight
        { $model | Export-QuantModel "$TestDrive/beside/net.json" -IncludeWeight -Force -ErrorAction Stop } |
            Should -Throw -ErrorId "WeightsTaken,$type" -ExpectedMessage "*those of '*net.yaml'*"
        "$TestDrive/beside/net.json" | Should -Not -Exist
        Import-QuantModel "$TestDrive/beside/net.yaml" | Should -BeOfType ([AkidaQuant.Model])
        $model | Export-QuantModel "$TestDrive/beside/net.yaml" -IncludeWeight -Force
        (Import-QuantModel "$TestDrive/beside/net.yaml").IsQuantized | Should -BeTrue
    }

    It 'names the file of the weights with -WhatIf' {
        Start-Transcript "$TestDrive/said.txt"
        $float | Export-QuantModel "$TestDrive/asked.yaml" -IncludeWeight -WhatIf
        Stop-Transcript
        [System.IO.File]::ReadAllText("$TestDrive/said.txt") | Should -Match 'asked\.yaml, .*asked\.npz'
        @(Get-ChildItem $TestDrive -Filter asked*) | Should -HaveCount 0
    }

    It 'refuses a quantized model from ONNX, with the way out' {
        $path = @(Get-ChildItem "$PSScriptRoot/vectors/onnx" -Recurse -Filter quantized*.onnx)[0].FullName
        { Import-QuantModel $path | Export-QuantModel "$TestDrive/onnx.yaml" -ErrorAction Stop } |
            Should -Throw -ErrorId "LayerNotStorable,$type" -ExpectedMessage '*import the float .onnx file and quantize that*'
        "$TestDrive/onnx.yaml" | Should -Not -Exist
    }
}
