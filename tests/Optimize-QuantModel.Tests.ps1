BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $floating = Import-QuantModel "$digits/float.h5"
    $samples = Import-SampleSet "$digits/samples.npz" -First 60
    $test = Import-SampleSet "$digits/inputs.npz" -First 200
    $quantized = $floating | Invoke-Quantize -Parameter (New-QuantParameter -WeightBits 4 -ActivationBits 2) -Sample $samples -BatchSize 30 -Epoch 2
    $optimized = $quantized | Optimize-QuantModel $samples
    $type = 'AkidaQuant.PowerShell.Commands.OptimizeQuantModelCommand'

    # All that a layer computes with, and what comes out: a checksum each.
    function Get-Integer($Model) {
        $texts = @(
            foreach ($layer in $Model.Layers) {
                "$($layer.Name) $($layer.IntegerWeights.Values) / $($layer.IntegerBias.Values) / $($layer.OutputScale) / $($layer.OutputShift)"
            }
            "output $(($Model | Invoke-QuantModel $test).Output)"
        )
        foreach ($text in $texts) {
            $hash = [System.Security.Cryptography.SHA256]::HashData([System.Text.Encoding]::UTF8.GetBytes($text))
            "$($text.Split(' ')[0]) $([System.Convert]::ToHexString($hash, 0, 8))"
        }
    }

    function Get-Accuracy($Model) {
        ($Model | Measure-QuantModel $test).Accuracy
    }
}

Describe 'Optimize-QuantModel' {
    It 'brings a model nearer to its float network' {
        $optimized | Should -BeOfType 'AkidaQuant.Model'
        $optimized.Optimization.ErrorAfter | Should -BeLessThan $optimized.Optimization.ErrorBefore
        Get-Accuracy $optimized | Should -BeGreaterThan ((Get-Accuracy $quantized) + 0.2)
    }

    It 'leaves what came in as it was, and gives a model of the same layers' {
        $quantized.Optimization | Should -BeNullOrEmpty
        $optimized.Layers.Name | Should -Be $quantized.Layers.Name
        $optimized.Layers.ClassName | Should -Be $quantized.Layers.ClassName
        Get-Integer $quantized | Should -Not -Be (Get-Integer $optimized)
    }

    It 'takes the model, samples and the float model by position, or the last two behind the pipe' {
        $expected = Get-Integer $optimized
        Get-Integer (Optimize-QuantModel $quantized $samples $floating) | Should -Be $expected
        Get-Integer ($quantized | Optimize-QuantModel $samples $floating) | Should -Be $expected
        Get-Integer (Optimize-QuantModel -FloatModel $floating -Samples $samples -Model $quantized) | Should -Be $expected
    }

    It 'takes paths for objects' {
        $other = "$PSScriptRoot/vectors/keras/tutorial_1_params"
        $found = Optimize-QuantModel "$other/quantized.h5" "$other/samples.npz" "$other/float.h5" -WarningAction SilentlyContinue
        $given = Import-QuantModel "$other/quantized.h5" |
            Optimize-QuantModel (Import-SampleSet "$other/samples.npz") (Import-QuantModel "$other/float.h5") -WarningAction SilentlyContinue
        $found['dense'].IntegerWeights.Values | Should -Be $given['dense'].IntegerWeights.Values
        "$($found.Optimization)" | Should -BeExactly "$($given.Optimization)"
        $found.Optimization.Count | Should -BeGreaterThan 20
    }

    It 'recovers the float network of a file' {
        $null = $quantized | Export-QuantModel "$TestDrive/alone.h5"
        $found = Import-QuantModel "$TestDrive/alone.h5" | Optimize-QuantModel $samples
        $found.Optimization.ErrorAfter | Should -BeLessThan $found.Optimization.ErrorBefore
        Get-Accuracy $found | Should -BeGreaterThan ((Get-Accuracy $quantized) + 0.2)
    }

    It 'gives the same however many threads compute' {
        foreach ($threads in 1, 2) {
            Get-Integer ($quantized | Optimize-QuantModel $samples -ThrottleLimit $threads) | Should -Be (Get-Integer $optimized)
        }
    }

    It 'gives a model whose file holds each of its integers' {
        $null = $optimized | Export-QuantModel "$TestDrive/optimized.h5"
        $read = Import-QuantModel "$TestDrive/optimized.h5"
        Get-Integer $read | Should -Be (Get-Integer $optimized)
        $read.Optimization | Should -BeNullOrEmpty
    }

    It 'gives a model that converts to Akida, which computes the same' {
        $akida = $optimized | ConvertTo-Akida
        @($akida | Invoke-AkidaModel $test -Potential).Count | Should -Be 200
        "$(($akida | Invoke-AkidaModel $test).Output)" | Should -BeExactly "$(($optimized | Invoke-QuantModel $test).Output)"
    }

    It 'says what it did, as objects' {
        $report = $optimized.Optimization
        $report | Should -BeOfType 'AkidaQuant.OptimizationReport'
        $report.Model | Should -BeExactly $quantized.Name
        $report.Effort | Should -BeExactly Fast
        $report.IsImproved | Should -BeTrue
        $report.HeldBack | Should -BeGreaterThan 0
        ($report.Count + $report.HeldBack) | Should -BeLessOrEqual 60
        $report.Changes.Count | Should -BeGreaterThan 5
        foreach ($change in $report.Changes) {
            $change | Should -BeOfType 'AkidaQuant.OptimizationChange'
            $change.Model | Should -BeExactly $quantized.Name
            $change.Layer | Should -BeIn $quantized.Layers.Name
            $change.Kind | Should -BeExactly $quantized[$change.Layer].ClassName
            foreach ($word in 'Change', 'Before', 'After') {
                $change.$word | Should -Not -BeNullOrEmpty -Because "$word of $change"
            }
        }
        @($report.Changes | Where-Object Change -EQ kernel).Layer | Should -Contain stem_conv
        @($report.Changes | Where-Object Change -EQ range).Layer | Should -Contain stem_relu
        $bits = @($report.Changes | Where-Object Change -EQ bits)
        $bits.Layer, $bits.Before, $bits.After | Should -Be 'gap', '2', '8'
        @($report.Changes | ConvertTo-Csv).Count | Should -Be ($report.Changes.Count + 1)
    }

    It 'says each change with -Verbose' {
        $all = $quantized | Optimize-QuantModel $samples -Verbose 4>&1
        $said = @($all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }).Message
        foreach ($change in $optimized.Optimization.Changes) {
            @($said -like "*$($change.Layer)*$($change.Change)*").Count | Should -BeGreaterThan 0 -Because $change
        }
        $said | Where-Object { $_ -match '[\r\n]' } | Should -BeNullOrEmpty
    }

    It 'changes no layer behind -Until' {
        $part = $quantized | Optimize-QuantModel $samples -Until block_2_relu
        $names = @($quantized.Layers.Name)
        foreach ($change in $part.Optimization.Changes) {
            $names.IndexOf($change.Layer) | Should -BeLessOrEqual $names.IndexOf('block_2_relu') -Because $change
        }
        $part.Optimization.Changes.Layer | Should -Contain 'stem_conv'
        foreach ($name in 'block_3_pw', 'block_4_pw', 'classifier') {
            $part[$name].IntegerWeights.Values | Should -Be $quantized[$name].IntegerWeights.Values -Because $name
        }
    }

    It 'keeps all bits with -KeepBits, and else those of all but a global average' {
        $kept = $quantized | Optimize-QuantModel $samples -KeepBits
        "$($kept | Get-QuantConfig)" | Should -BeExactly "$($quantized | Get-QuantConfig)"
        $kept.Layers.OutputBits | Should -Be $quantized.Layers.OutputBits
        for ($i = 0; $i -lt $quantized.Layers.Count; $i++) {
            if ($quantized.Layers[$i].ClassName -notin 'QuantizedGlobalAveragePooling2D', 'QuantizedDropout') {
                $optimized.Layers[$i].OutputBits | Should -Be $quantized.Layers[$i].OutputBits
            }
        }
        $quantized['gap'].OutputBits | Should -Be 2
        $optimized['gap'].OutputBits | Should -Be 8
    }

    It 'takes no less on with -Effort Full' {
        $full = $quantized | Optimize-QuantModel $samples -Effort full
        $full.Optimization.Effort | Should -BeExactly Full
        $full.Optimization.ErrorAfter | Should -BeLessOrEqual $optimized.Optimization.ErrorAfter
    }

    It 'gives back what it cannot improve, and says so' {
        # Every fourth sample is held back: fitted to one digit alone, a network of 8 bits gets worse for others.
        $wide = $floating | Invoke-Quantize -Sample $samples -BatchSize 30
        $one = $samples[(0..39 | ForEach-Object { $_ % 4 -eq 3 ? $_ : 0 })]
        $back = $wide | Optimize-QuantModel $one -WarningVariable warned -WarningAction SilentlyContinue
        @($warned) | Should -HaveCount 1
        "$warned" | Should -Match "'mnist_ds_cnn' comes back as it was.*samples"
        Get-Integer $back | Should -Be (Get-Integer $wide)
        $back.Optimization.IsImproved | Should -BeFalse
        $back.Optimization.ErrorAfter | Should -Be $back.Optimization.ErrorBefore

        # As the warning says.
        $more = $wide | Optimize-QuantModel $samples -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
        $more.Optimization.ErrorAfter | Should -BeLessThan $more.Optimization.ErrorBefore
    }

    It 'optimizes each model of the pipeline' {
        $found = @($quantized, $floating, $quantized | Optimize-QuantModel $samples -ErrorAction SilentlyContinue -ErrorVariable failed)
        $found | Should -HaveCount 2
        Get-Integer $found[1] | Should -Be (Get-Integer $found[0])
        $failed.FullyQualifiedErrorId | Should -Be "ModelNotQuantized,$type"
    }
}

Describe 'Errors of Optimize-QuantModel' {
    It 'refuses <Case>' -TestCases @(
        @{ Case = 'no samples'; Script = 'Optimize-QuantModel $quantized'; Id = 'SampleMissing'; Text = '*-Sample*Import-SampleSet*' }
        @{ Case = 'no samples behind the pipe'; Script = '$quantized | Optimize-QuantModel'; Id = 'SampleMissing'; Text = '*-Sample*' }
        @{ Case = 'no samples, but the float model'; Script = '$quantized | Optimize-QuantModel -FloatModel $floating'; Id = 'SampleMissing'; Text = '*-Sample*' }
        @{ Case = 'nothing for samples'; Script = '$quantized | Optimize-QuantModel $null'; Id = 'SampleArgumentInvalid'; Text = '*-Sample*nothing ($null)*' }
        @{ Case = 'the float model in place of samples'; Script = 'Optimize-QuantModel $quantized $floating $samples'; Id = 'SampleArgumentInvalid'; Text = '*-Sample*the float model*' }
        @{ Case = 'samples twice'; Script = 'Optimize-QuantModel $quantized $samples $samples'; Id = 'ModelArgumentInvalid'; Text = '*-FloatModel*60 samples*' }
        @{ Case = 'a float model'; Script = 'Optimize-QuantModel $floating $samples'; Id = 'ModelNotQuantized'; Text = "*'mnist_ds_cnn' is not quantized*Quantize it first.*" }
        @{ Case = 'an Akida model'; Script = '$quantized | ConvertTo-Akida | Optimize-QuantModel $samples'; Id = 'ModelArgumentInvalid'; Text = '*the Akida model*quantized model*' }
        @{ Case = 'a quantized model as float one'; Script = 'Optimize-QuantModel $quantized $samples $quantized'; Id = 'AlreadyQuantized'; Text = '*is quantized. Give the float model.*' }
        @{ Case = 'another float model'; Script = 'Optimize-QuantModel $quantized $samples $other'; Id = 'FloatLayerMissing'; Text = "*has no layer '*', so it is not the one*" }
        @{ Case = 'a quantized ONNX file alone'; Script = 'Optimize-QuantModel $onnx $bytes'; Id = 'FloatSourceMissing'; Text = '*-FloatModel*' }
        @{ Case = 'samples of another shape'; Script = '$quantized | Optimize-QuantModel $small'; Id = 'SampleShapeMismatch'; Text = '*(8, 8, 3)*(28, 28, 1)*' }
        @{ Case = 'samples of another type'; Script = '$quantized | Optimize-QuantModel $signed'; Id = 'SampleTypeMismatch'; Text = "*'mnist_ds_cnn' takes uint8 values*" }
        @{ Case = 'an unknown last layer'; Script = '$quantized | Optimize-QuantModel $samples -Until head'; Id = 'UntilLayerUnknown'; Text = "*'head'*stem_conv*" }
        @{ Case = 'an unknown effort'; Script = '$quantized | Optimize-QuantModel $samples -Effort most'; Id = '*'; Text = '*Effort*Fast*Full*' }
        @{ Case = 'no threads'; Script = '$quantized | Optimize-QuantModel $samples -ThrottleLimit 0'; Id = '*'; Text = '*ThrottleLimit*' }
        @{ Case = 'a file that is not there'; Script = 'Optimize-QuantModel $quantized none.npz'; Id = 'FileNotFound'; Text = '*none.npz*' }
    ) {
        $other = Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_1_params/float.h5"
        $onnx = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_resnet_int8/quantized.onnx"
        $bytes = New-SampleSet -Model $onnx -Count 4 -Seed 1
        $small = New-SampleSet -Shape 8, 8, 3 -Count 2
        $signed = New-SampleSet -Shape 28, 28, 1 -Count 2 -InputType int8
        $failure = try { & ([scriptblock]::Create($Script)) 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } } catch { $_ }
        $failure | Should -HaveCount 1
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,$type"
        "$failure" | Should -BeLike $Text
    }

    It 'takes a quantized ONNX file with its float network' {
        $folder = "$PSScriptRoot/vectors/onnx/digits_resnet_int8"
        $onnx = Import-QuantModel "$folder/quantized.onnx"
        $bytes = New-SampleSet -Model $onnx -Count 20 -Seed 1
        $found = $onnx | Optimize-QuantModel $bytes (Import-QuantModel "$folder/float.onnx") -WarningAction SilentlyContinue
        $found.IsQuantized | Should -BeTrue
        $found.Layers.Name | Should -Contain '/stem/stem.0/Conv'
        $found.Optimization.ErrorAfter | Should -BeLessOrEqual $found.Optimization.ErrorBefore
    }

    It 'stops when it is told to' {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../AkidaQuant.psd1'
            `$samples = Import-SampleSet '$digits/samples.npz'
            `$scheme = New-QuantParameter -WeightBits 2 -ActivationBits 2
            Import-QuantModel '$digits/float.h5' | Invoke-Quantize -Parameter `$scheme -Sample `$samples -BatchSize 100 |
                Optimize-QuantModel `$samples -Effort Full")
        $running = $shell.BeginInvoke()
        $deadline = [System.Diagnostics.Stopwatch]::StartNew()
        $progress = $null
        while (-not $progress -and -not $running.IsCompleted -and $deadline.Elapsed.TotalSeconds -lt 60) {
            [System.Threading.Thread]::Sleep(50)
            $progress = @($shell.Streams.Progress | Where-Object Activity -Like 'Optimizing*')[0]
        }
        $stopping = $shell.BeginStop($null, $null)
        $stopping.AsyncWaitHandle.WaitOne([timespan]::FromMinutes(1)) | Should -BeTrue -Because 'what goes on for longer does not stop'
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $progress.Activity | Should -BeExactly "Optimizing 'mnist_ds_cnn'"
        $progress.StatusDescription | Should -Match '^\d+ of \d+ steps done, \d+ to go$'
        $progress.CurrentOperation | Should -Not -BeNullOrEmpty
        $shell.Dispose()
        $runspace.Dispose()
    }

    It 'completes layers and efforts' {
        foreach ($case in @{ Line = '$quantized | Optimize-QuantModel $samples -Until stem_'; Found = 'stem_conv', 'stem_relu' },
            @{ Line = 'Optimize-QuantModel $quantized $samples -Effort '; Found = 'Fast', 'Full' }) {
            $completed = [System.Management.Automation.CommandCompletion]::CompleteInput($case.Line, $case.Line.Length, $null)
            $completed.CompletionMatches.CompletionText | Should -Be $case.Found
        }
    }
}
