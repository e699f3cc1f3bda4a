BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $tutorial = "$keras/tutorial_1_params"
    $model = Import-QuantModel "$tutorial/float.h5"
    $samples = Import-SampleSet "$tutorial/samples.npz"
    $scheme = New-QuantParameter -InputWeightBits 16 -WeightBits 4 -ActivationBits 6 -OutputBits 12 -PerTensorActivations -BufferBits 24
    $type = 'AkidaQuant.PowerShell.Commands.InvokeQuantizeCommand'
}

Describe 'Invoke-Quantize' {
    It 'quantizes with a scheme and samples' {
        $quantized = $model | Invoke-Quantize -Parameter $scheme -Sample $samples -BatchSize 64
        $quantized | Should -BeOfType 'AkidaQuant.Model'
        $quantized.IsQuantized | Should -BeTrue
        $model.IsQuantized | Should -BeFalse
        (Get-QuantConfig $quantized).ToString() | Should -BeExactly ([System.IO.File]::ReadAllText("$tutorial/config.json"))
        (Get-QuantSummary $quantized).ParameterCount | Should -Be 1488
    }

    It 'gives the same however many threads compute' {
        $first = Import-SampleSet "$tutorial/samples.npz" -First 50
        foreach ($size in 1, 16, 50) {
            $null = $model | Invoke-Quantize -Parameter $scheme -Sample $first -BatchSize $size | Export-QuantModel "$TestDrive/all.h5" -Force
            $expected = (Get-FileHash "$TestDrive/all.h5").Hash
            foreach ($threads in 1, 2, 7) {
                $null = $model | Invoke-Quantize -Parameter $scheme -Sample $first -BatchSize $size -ThrottleLimit $threads |
                    Export-QuantModel "$TestDrive/some.h5" -Force
                (Get-FileHash "$TestDrive/some.h5").Hash | Should -BeExactly $expected -Because "$threads threads, batches of $size"
            }
        }
    }

    It 'quantizes a network from PyTorch with a configuration, until a layer' {
        $network = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_convnet_dynamo/float.onnx"
        $floats = Import-SampleSet "$PSScriptRoot/vectors/onnx/digits_convnet_dynamo/samples.npz" -First 200
        $config = @{ node_linear = @{ weight_quantizer = @{ bitwidth = 4 } } }
        $quantized = $network | Invoke-Quantize -Config $config -Sample $floats -BatchSize 100 -Epoch 2
        (Get-QuantConfig $quantized).node_linear.weight_quantizer.bitwidth | Should -Be 4
        @($quantized.Layers)[-1].ClassName | Should -Be 'Dequantizer'
        $part = $network | Invoke-Quantize -Until node_relu_3 -Sample $floats -BatchSize 100
        @($part.Layers | Where-Object ClassName -EQ 'Dense') | Should -HaveCount 2
    }

    It 'gives a configuration priority over the scheme' {
        $config = Import-QuantConfig "$tutorial/config.json"
        $config.relu.output_quantizer.bitwidth = 1
        $config.relu.output_quantizer.axis = 'per-axis'
        'dw_conv', 'pw_conv', 'dense' | ForEach-Object { $null = $config.Remove($_) }
        $quantized = Invoke-Quantize $model -Parameter $scheme -Config $config -Sample $samples -BatchSize 64
        $used = Get-QuantConfig $quantized
        $used.relu.output_quantizer.bitwidth | Should -Be 1
        $used.dense.weight_quantizer.bitwidth | Should -Be 4
    }

    It 'takes a configuration as dictionaries, as objects or as a path' {
        $settings = @{ dense = @{ weight_quantizer = @{ bitwidth = 5 } } }
        $object = '{ "dense": { "weight_quantizer": { "bitwidth": 5 } } }' | ConvertFrom-Json
        Export-QuantConfig "$TestDrive/dense.yaml" -Config $settings
        foreach ($config in $settings, $object, "$TestDrive/dense.yaml") {
            $quantized = Invoke-Quantize $model -Parameter $scheme -Config $config -Sample $samples -BatchSize 64
            (Get-QuantConfig $quantized).dense.weight_quantizer.bitwidth | Should -Be 5
        }
    }

    It 'uses random samples where none are given, and says so for per-channel ranges' {
        $perTensor = New-QuantParameter -PerTensorActivations
        $null = Invoke-Quantize $model -Parameter $perTensor -SampleCount 8 -Seed 1 -WarningVariable quiet -WarningAction SilentlyContinue
        $quiet | Should -BeNullOrEmpty
        $null = Invoke-Quantize $model -SampleCount 8 -Seed 1 -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'random samples'
    }

    It 'warns once of damage, with the layer, the cause and what undoes it, which does' {
        $public = "$PSScriptRoot/vectors/public/keras"
        foreach ($name in '20_separable', '42_dscnn_kws_like') {
            $network = Import-QuantModel "$public/$name.h5"
            $given = Import-SampleSet "$public/$name.samples.npy"
            $ruined = $network | Invoke-Quantize -Sample $given -BatchSize 4 -WarningVariable warned -WarningAction SilentlyContinue
            @($warned) | Should -HaveCount 1 -Because $name
            "$warned" | Should -BeExactly $ruined.Check.Warning
            $ruined.Check.Cosine | Should -BeLessThan 0.98
            "$($ruined.Check.Cause)" | Should -Be 'SumSaturation'
            $advice = [regex]::Match("$warned", "off, with 4 samples\. It begins at layer '(\w+)': .*Set output_quantizer\.buffer_bitwidth of '\1' to (\d+); or run Optimize-QuantModel")
            $advice.Success | Should -BeTrue -Because "$warned"
            $layer, $bits = $advice.Groups[1].Value, [int]$advice.Groups[2].Value
            $config = Get-QuantConfig $ruined
            $config[$layer].output_quantizer.buffer_bitwidth = $bits
            $whole = $network | Invoke-Quantize -Config $config -Sample $given -BatchSize 4 -WarningVariable quiet -WarningAction SilentlyContinue
            $quiet | Should -BeNullOrEmpty -Because $name
            $whole.Check.IsDamaged | Should -BeFalse
        }
    }

    It 'keeps the check with the model and shows it' {
        $perTensor = New-QuantParameter -PerTensorActivations
        $quantized = $model | Invoke-Quantize -Parameter $perTensor -Sample $samples -BatchSize 64
        $quantized.Check | Should -BeOfType ([AkidaQuant.QuantCheck])
        $quantized.Check.Rows.Layer | Should -Contain 'dense'
        $quantized.Check | Out-String | Should -Match "Check of 'model' with 32 samples: cosine 0\.9\d+"
        $quantized.Check.Rows | Out-String | Should -Match 'Layer +Kind +dB +Saturation +Dead +Zero +Channels'
        $quantized.Check.Rows | ConvertTo-Csv | Select-Object -First 1 | Should -Match '"SignalToNoise"'
        $said = $model | Invoke-Quantize -Parameter $perTensor -Sample $samples -BatchSize 64 -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        @($said -match '^dense \(QuantizedDense\) .* dB, .* % saturated$') | Should -HaveCount 1
        $model.Check | Should -BeNullOrEmpty
        $null = $quantized | Export-QuantModel "$TestDrive/checked.h5"
        (Import-QuantModel "$TestDrive/checked.h5").Check | Should -BeNullOrEmpty
        (Start-Job { Import-Module $using:PSScriptRoot/../AkidaQuant.psd1; $using:quantized } | Receive-Job -Wait -AutoRemoveJob).Check.Cosine |
            Should -Be $quantized.Check.Cosine
    }

    It 'says what it rewrites with -Verbose' {
        $digits = Import-QuantModel "$keras/digits_ds_cnn/float.h5"
        $said = Invoke-Quantize $digits -SampleCount 2 -Seed 1 -Verbose -WarningAction SilentlyContinue 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$said" | Should -Match "'stem_bn' is folded into 'stem_conv'"
    }

    It 'stops at -Until' {
        $quantized = Invoke-Quantize $model -Parameter $scheme -Sample $samples -BatchSize 64 -Until dw_conv
        (Get-QuantConfig $quantized).Keys | Should -Not -Contain 'dense'
    }

    It 'quantizes each model of the pipeline' {
        $read = Import-QuantModel "$tutorial/float.h5", "$tutorial/quantized.h5", "$tutorial/float.h5"
        $quantized = $read | Invoke-Quantize -Parameter $scheme -Sample $samples -BatchSize 64 -ErrorAction SilentlyContinue -ErrorVariable failed
        @($quantized) | Should -HaveCount 2
        @($failed)[0].FullyQualifiedErrorId | Should -Be "RequantizeConfigIncomplete,$type"
        @($failed)[0].Exception.Message | Should -BeLike "*'input_conv', 'dw_conv', 'pw_conv', 'relu', 'dense'.*Get-QuantConfig*"
    }

    It 'quantizes a quantized model anew with a complete configuration' {
        $quantized = $model | Invoke-Quantize -Parameter $scheme -Sample $samples -BatchSize 32
        $config = Get-QuantConfig $quantized
        $config.relu.output_quantizer.bitwidth = 3
        $again = $quantized | Invoke-Quantize -Config $config -Sample $samples -BatchSize 32
        $direct = $model | Invoke-Quantize -Config $config -Parameter $scheme -Sample $samples -BatchSize 32
        (Get-QuantConfig $again).ToString() | Should -BeExactly $config.ToString()
        $inputs = Import-SampleSet "$tutorial/inputs.npz" -First 2
        $expected = ($direct | Invoke-QuantModel -Sample $inputs).Output -join ' '
        ($again | Invoke-QuantModel -Sample $inputs).Output -join ' ' | Should -BeExactly $expected
        ($quantized | Invoke-QuantModel -Sample $inputs).Output -join ' ' | Should -Not -BeExactly $expected
    }

    It 'quantizes the file of a quantized model anew, its inputs as they were' {
        $int8 = Import-QuantModel "$keras/float_input_int8/quantized.h5"
        $config = Get-QuantConfig $int8
        $again = $int8 | Invoke-Quantize -Config $config -Sample (Import-SampleSet "$keras/float_input_int8/samples.npz") -BatchSize 32
        $quantizer = $again.Layers | Where-Object ClassName -EQ InputQuantizer
        $quantizer.Bitwidth | Should -Be 8
        $quantizer.Signed | Should -BeTrue
        (Get-QuantConfig $again).ToString() | Should -BeExactly $config.ToString()
    }

    It 'names what a configuration lacks' {
        $quantized = Import-QuantModel "$tutorial/quantized.h5"
        $config = Get-QuantConfig $quantized
        $null = $config.Remove('pw_conv')
        $null = $config.relu.Remove('buffer_bitwidth')
        { Invoke-Quantize $quantized -Config $config -Sample $samples -ErrorAction Stop } | Should -Throw -ErrorId "RequantizeConfigIncomplete,$type"
        { Invoke-Quantize $quantized -Config $config -Sample $samples -ErrorAction Stop } | Should -Throw "*for: 'pw_conv', 'relu' (buffer_bitwidth).*"
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'an unknown layer in a configuration'; Arguments = @{ Config = @{ head = @{ weight_quantizer = @{ bitwidth = 4 } } } }; Id = 'ConfigLayerUnknown'; Message = '*head*' }
        @{ Case = 'an unknown setting'; Arguments = @{ Config = @{ dense = @{ weigth_quantizer = @{ bitwidth = 4 } } } }; Id = 'ConfigKeyUnknown'; Message = '*dense*weigth_quantizer*' }
        @{ Case = 'an unknown setting of a quantizer'; Arguments = @{ Config = @{ dense = @{ weight_quantizer = @{ bits = 4 } } } }; Id = 'ConfigKeyUnknown'; Message = '*dense*bits*' }
        @{ Case = 'a bit-width out of range'; Arguments = @{ Config = @{ dense = @{ weight_quantizer = @{ bitwidth = 40 } } } }; Id = 'ConfigValueOutOfRange'; Message = '*dense*40*' }
        @{ Case = 'a layer that is no dictionary'; Arguments = @{ Config = @{ dense = 4 } }; Id = 'ConfigEntryInvalid'; Message = '*dense*' }
        @{ Case = 'a configuration of another kind'; Arguments = @{ Config = 4 }; Id = 'ConfigInvalid'; Message = '*the number 4*' }
        @{ Case = 'a configuration that is missing'; Arguments = @{ Config = 'none.json' }; Id = 'FileNotFound'; Message = '*none.json*' }
        @{ Case = 'an unknown last layer'; Arguments = @{ Until = 'head' }; Id = 'UntilLayerUnknown'; Message = '*head*input_conv*' }
    ) {
        { Invoke-Quantize $model @Arguments -Sample $samples -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
        { Invoke-Quantize $model @Arguments -Sample $samples -ErrorAction Stop } | Should -Throw $Message
    }

    It 'refuses samples that do not fit' {
        $small = New-SampleSet -Shape 8, 8, 3 -Count 2
        { Invoke-Quantize $model -Sample $small -ErrorAction Stop } | Should -Throw -ErrorId "SampleShapeMismatch,$type"
        $signed = New-SampleSet -Shape 28, 28, 3 -Count 2 -InputType int8
        { Invoke-Quantize $model -Sample $signed -ErrorAction Stop } | Should -Throw -ErrorId "SampleTypeMismatch,$type"
    }

    It 'refuses numbers that are none' {
        { Invoke-Quantize $model -Epoch 0 } | Should -Throw '*Epoch*'
        { Invoke-Quantize $model -BatchSize 0 } | Should -Throw '*BatchSize*'
        { Invoke-Quantize $model -SampleCount 0 } | Should -Throw '*SampleCount*'
        { Invoke-Quantize $model -ThrottleLimit 0 } | Should -Throw '*ThrottleLimit*'
    }

    It 'stops when it is told to' {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../AkidaQuant.psd1'; `$ready = 1
            Import-QuantModel '$tutorial/float.h5' | Invoke-Quantize -Sample (Import-SampleSet '$tutorial/samples.npz') -BatchSize 64 -Epoch 100000000")
        $running = $shell.BeginInvoke()
        $deadline = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not $shell.Streams.Progress.Count -and $deadline.Elapsed.TotalSeconds -lt 60) {
            [System.Threading.Thread]::Sleep(50)
        }
        $progress = $shell.Streams.Progress[0]
        $stopping = $shell.BeginStop($null, $null)
        $stopping.AsyncWaitHandle.WaitOne([timespan]::FromMinutes(1)) | Should -BeTrue -Because 'what goes on for longer does not stop'
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $progress.Activity | Should -Match "Quantizing 'model'"
        $progress.StatusDescription | Should -Match '^\d+ of 200000000 batches done, \d+ to go$'
        $progress.SecondsRemaining | Should -BeGreaterThan 0
        $shell.Dispose()
        $runspace.Dispose()
    }

    It 'completes the names of layers' {
        $line = '$model | Invoke-Quantize -Until d'
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
        $found.CompletionMatches.CompletionText | Should -Be 'dw_conv', 'dense'
    }

    It 'needs the number of streams for a model that keeps frames' {
        $temporal = "$PSScriptRoot/vectors/keras/temporal_buffers"
        $model = Import-QuantModel "$temporal/float.h5"
        $frames = Import-SampleSet "$temporal/samples.npz"
        $parameter = New-QuantParameter -InputType int8
        { $model | Invoke-Quantize -Parameter $parameter -Sample $frames -ErrorAction Stop } | Should -Throw -ErrorId "StreamBatchSizeMissing,$type"
        $quantized = $model | Invoke-Quantize -Parameter $parameter -Sample $frames -BatchSize 4
        "$($quantized | Get-QuantSummary)" | Should -Be (Get-Content "$temporal/summary_quantized.txt" -Raw)
    }
}
