BeforeDiscovery {
    # A case holds a model.
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
}

BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.NewQuantModelCommand'
    $small = @(
        @{ Conv2D = @{ filters = 4; kernel_size = 3; name = 'conv' } }
        'ReLU'
        'Flatten'
        @{ Dense = @{ units = 10; name = 'dense' } }
    )

    # What a model is, in one text: layers, connections, weights.
    function Get-Content1($Model) {
        $weights = $Model.Nodes.ForEach({ $_.Layer.Variables.ForEach({ "$($_.Name) $($_.Value.Shape) $($_.Value.Values -join ' ')" }) })
        @("$($Model | Get-QuantSummary)"; $Model.Nodes.ForEach({ "$($_.Name): $($_.Inputs -join ' ')" }); $weights) -join "`n"
    }
}

Describe 'New-QuantModel' {
    It 'makes a network of a list of layers' {
        $model = New-QuantModel -Name digits -InputShape 8, 8, 3 -InputType uint8 -Layer $small
        $model | Should -BeOfType ([AkidaQuant.Model])
        $model.Name | Should -Be 'digits'
        $model.Input.Type | Should -Be 'UInt8'
        @($model.Nodes.Name) | Should -Be 'input_1', 'conv', 're_lu', 'flatten', 'dense'
        $model | Invoke-QuantModel -Sample ($model | New-SampleSet -Count 2) | Should -HaveCount 2
    }

    It 'takes layers from the pipeline, as objects of JSON and wrapped' {
        $json = $small | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        $expected = Get-Content1 (New-QuantModel -InputShape 8, 8, 3 -Layer $small -Seed 1)
        Get-Content1 ($json | New-QuantModel -InputShape 8, 8, 3 -Seed 1) | Should -BeExactly $expected
        $wrapped = $small | ForEach-Object { [psobject] $_ } | Write-Output
        Get-Content1 (New-QuantModel -InputShape 8, 8, 3 -Seed 1 -Layer $wrapped) | Should -BeExactly $expected
        $ordered = @([ordered] @{ Conv2D = [ordered] @{ name = 'conv'; kernel_size = [decimal] 3; filters = 4.0 } }) + $small[1..3]
        Get-Content1 (New-QuantModel -InputShape 8, 8, 3 -Seed 1 -Layer $ordered) | Should -BeExactly $expected
    }

    It 'connects branches by inputs' {
        $model = New-QuantModel -InputShape 8, 8, 3 -Layer @(
            @{ Conv2D = @{ filters = 4; kernel_size = 1; name = 'left' } }
            @{ Conv2D = @{ filters = 4; kernel_size = 1; name = 'right'; inputs = 'input_1' } }
            @{ Add = @{ inputs = 'left', 'right' } }
        )
        @($model['add'].Inputs) | Should -Be 'left', 'right'
        @($model['right'].Inputs) | Should -Be 'input_1'
    }

    It 'gives the input a name, a model its kind and its output' {
        $model = New-QuantModel -InputShape 4 -InputName pixels -Output first -Layer @(
            @{ Dense = @{ units = 2; name = 'second' } }, @{ ReLU = @{ name = 'first' } })
        $model.Input.Name | Should -Be 'pixels'
        $sequential = New-QuantModel -InputShape 4 -Sequential -Layer @{ Dense = @{ units = 2 } }
        $sequential.IsSequential | Should -BeTrue
        $sequential.Name | Should -Be 'sequential'
        "$($sequential | Get-QuantSummary)" | Should -Not -Match 'InputLayer'
    }

    It 'makes the same weights with the same seed and others without' {
        $texts = foreach ($arguments in @{ Seed = 1 }, @{ Seed = 1 }, @{ Seed = 2 }, @{}, @{}) {
            Get-Content1 (New-QuantModel -InputShape 8, 8, 3 -Layer $small @arguments)
        }
        $texts[0] | Should -BeExactly $texts[1]
        @($texts | Select-Object -Unique).Count | Should -Be 4
    }

    It 'tells the seed that it took with -Verbose, and takes it' {
        $all = New-QuantModel -InputShape 8, 8, 3 -Layer $small -Verbose 4>&1
        $model = $all | Where-Object { $_ -is [AkidaQuant.Model] }
        $null = "$($all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] })" -match 'seed (\d+)'
        Get-Content1 (New-QuantModel -InputShape 8, 8, 3 -Layer $small -Seed ([ulong] $Matches[1])) | Should -BeExactly (Get-Content1 $model)
    }

    It 'reads the same network from a <Name> file' -TestCases @(
        @{
            Name = 'net.yaml'
            Text = "name: digits`ninput_shape: [8, 8, 3]`ninput_type: uint8`nseed: 1`nlayers:`n  - Conv2D: { filters: 4, kernel_size: 3, name: conv }`n  - ReLU`n  - Flatten`n  - Dense: { units: 10, name: dense }`n"
        }
        @{
            Name = 'net.json'
            Text = '{"name": "digits", "input_shape": [8, 8, 3], "input_type": "uint8", "seed": 1, "layers": [{"Conv2D": {"filters": 4, "kernel_size": 3, "name": "conv"}}, "ReLU", "Flatten", {"Dense": {"units": 10, "name": "dense"}}]}'
        }
        @{
            Name = 'net.psd1'
            Text = "@{ name = 'digits'; input_shape = 8, 8, 3; input_type = 'uint8'; seed = 1; layers = @(@{ Conv2D = @{ filters = 4; kernel_size = 3; name = 'conv' } }, 'ReLU', 'Flatten', @{ Dense = @{ units = 10; name = 'dense' } }) }"
        }
    ) {
        Set-Content "$TestDrive/$Name" $Text
        $expected = Get-Content1 (New-QuantModel -Name digits -InputShape 8, 8, 3 -InputType uint8 -Layer $small -Seed 1)
        Get-Content1 (New-QuantModel "$TestDrive/$Name") | Should -BeExactly $expected
        Get-Content1 (New-QuantModel -LiteralPath "$TestDrive/$Name") | Should -BeExactly $expected
        Get-Content1 (Get-Item "$TestDrive/$Name" | New-QuantModel) | Should -BeExactly $expected
        Get-Content1 (Import-QuantModel "$TestDrive/$Name") | Should -BeExactly $expected
    }

    It 'refuses what only layers can have, with a file from the pipeline' {
        Set-Content "$TestDrive/piped.yaml" "input_shape: 4`nseed: 1`nlayers: [Dense: { units: 2 }]"
        { Get-Item "$TestDrive/piped.yaml" | New-QuantModel -Name renamed -InputType int8 -ErrorAction Stop } |
            Should -Throw -ErrorId "ParameterNotForFile,$type" -ExpectedMessage '*-InputType, -Name*piped.yaml*'
        (Get-Item "$TestDrive/piped.yaml" | New-QuantModel -Seed 2 -InputShape 4).Name | Should -Be 'model'
    }

    It 'says which cmdlet reads <Name>' -TestCases @(
        @{ Name = 'p.txt'; Message = '*.psd1 files.' }
        @{ Name = 'p.h5'; Message = '*.psd1 files. Import-QuantModel *' }
        @{ Name = 'p.onnx'; Message = '*.psd1 files. Import-QuantModel *' }
    ) {
        { New-QuantModel "$TestDrive/$Name" -ErrorAction Stop } | Should -Throw -ErrorId "ModelFormatUnknown,$type" -ExpectedMessage $Message
    }

    It 'names a .psd1 file that <Case>' -TestCases @(
        @{ Case = 'is not there'; Bytes = $null; Id = 'FileNotFound' }
        @{ Case = 'is no text'; Bytes = [byte[]] (0xC3, 0x28); Id = 'NetworkFileInvalid' }
        @{ Case = 'is larger than any description'; Bytes = [byte[]]::new((64 -shl 20) + 1); Id = 'NetworkFileInvalid' }
    ) {
        if ($Bytes) {
            [System.IO.File]::WriteAllBytes("$TestDrive/bad.psd1", $Bytes)
        }
        { New-QuantModel "$TestDrive/bad.psd1" -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type" -ExpectedMessage '*bad.psd1*'
    }

    It 'executes nothing that stands in a .psd1 file' {
        Set-Content "$TestDrive/evil.psd1" "@{ input_shape = 4; layers = @(`$(Set-Content '$TestDrive/evil.txt' x; 'ReLU')) }"
        { New-QuantModel "$TestDrive/evil.psd1" -ErrorAction Stop } | Should -Throw -ErrorId "NetworkFileInvalid,$type"
        "$TestDrive/evil.txt" | Should -Not -Exist
    }

    It 'reads several files, and goes on after one that is wrong' {
        foreach ($i in 1..3) {
            Set-Content "$TestDrive/many$i.yaml" "name: m$i`ninput_shape: 4`nlayers: [$(if ($i -eq 2) { 'Relu' } else { 'ReLU' })]"
        }
        $models = New-QuantModel "$TestDrive/many*.yaml" -ErrorAction SilentlyContinue -ErrorVariable problems
        $models.Name | Should -Be 'm1', 'm3'
        $problems.Count | Should -Be 1
        $problems[0].Exception.Message | Should -Match "Layer 1 'Relu' in '.*many2.yaml': there is no layer of this class. Did you mean 'ReLU'\?"
    }

    It 'takes weights from a file' {
        $model = New-QuantModel -InputShape 8, 8, 3 -Layer $small -Seed 5
        $model | Export-QuantModel "$TestDrive/weights.yaml" -IncludeWeight
        Get-Content1 (New-QuantModel -InputShape 8, 8, 3 -Layer $small -Weight "$TestDrive/weights.npz") | Should -BeExactly (Get-Content1 $model)
        Get-Content1 (New-QuantModel "$TestDrive/weights.yaml") | Should -BeExactly (Get-Content1 $model)
        { New-QuantModel "$TestDrive/weights.yaml" -Weight "$TestDrive/weights.npz" -Seed 6 -ErrorAction Stop } |
            Should -Throw -ErrorId "WeightsAmbiguous,$type"
        Get-Content1 (New-QuantModel "$TestDrive/weights.yaml" -Seed 6) | Should -Not -BeExactly (Get-Content1 $model)
        $small[0] = @{ Conv2D = @{ filters = 4; kernel_size = 3; name = 'konv' } }
        { New-QuantModel -InputShape 8, 8, 3 -Layer $small -Weight "$TestDrive/weights.npz" -ErrorAction Stop } |
            Should -Throw -ErrorId "WeightsMissing,$type" -ExpectedMessage "*'konv/kernel'. Did you mean 'conv/kernel'?*"
    }

    It 'completes the sizes that a file leaves open' {
        Set-Content "$TestDrive/open.yaml" "input_shape: [null, null, 3]`nseed: 1`nlayers: [Conv2D: { filters: 2, kernel_size: 3 }, GlobalAveragePooling2D]"
        (New-QuantModel "$TestDrive/open.yaml" -InputShape 6, 7, 3).InputShape.ToString() | Should -Be '(6, 7, 3)'
        { New-QuantModel "$TestDrive/open.yaml" -ErrorAction Stop } | Should -Throw -ErrorId "InputShapeMissing,$type"
    }

    It 'names the layer and the key of <Case>, and the nearest right one' -TestCases @(
        @{ Case = 'a mistyped argument'; Layer = @{ Conv2D = @{ filters = 16; kernal_size = 3 } }; Message = "Layer 1 'Conv2D': it has no argument 'kernal_size'. Did you mean 'kernel_size'?" }
        @{ Case = 'a mistyped class'; Layer = @{ Conv2d = @{ filters = 16 } }; Message = "Layer 1 'Conv2d': there is no layer of this class. Did you mean 'Conv2D'?" }
        @{ Case = 'a mistyped value'; Layer = @{ Conv2D = @{ filters = 16; kernel_size = 3; padding = 'sames' } }; Message = "Layer 1 'Conv2D': 'padding' must be 'valid' or 'same', but it is 'sames'. Did you mean 'same'?" }
        @{ Case = 'a missing argument'; Layer = @{ Dense = @{ name = 'd' } }; Message = "Layer 1 'Dense': the argument 'units' is missing. It must be an integer." }
        @{ Case = 'a wrong type'; Layer = @{ Dense = @{ units = @{} } }; Message = "Layer 1 'Dense': 'units' must be an integer, but it is a dictionary." }
        @{ Case = 'a layer of two classes'; Layer = [ordered] @{ Dense = @{ units = 1 }; ReLU = @{} }; Message = 'Layer 1: it must have one key, its class, but it has 2: Dense, ReLU.*' }
        @{ Case = 'a number for a layer'; Layer = 17; Message = 'Layer 1: it is 17.*' }
        @{ Case = 'a script block'; Layer = { ReLU }; Message = 'Layer 1: it is something else. Write a layer as its class*' }
        @{ Case = 'a model'; Layer = 'Flatten', (New-QuantModel -Name net -InputShape 4 -Layer ReLU); Message = "Layer 2: it is the model 'net'. Write*" }
        @{ Case = 'arguments that are none'; Layer = @{ Dense = { 3 } }; Message = "Layer 1 'Dense': its arguments must be a dictionary, but they are something else.*" }
        @{ Case = 'a script block as an argument'; Layer = @{ Dense = @{ units = { 3 } } }; Message = "Layer 1 'Dense': 'units' must be a number, text, *but it is something else.*" }
        @{ Case = 'one in a list'; Layer = @{ Conv2D = @{ filters = 1; kernel_size = 3, { 3 } } }; Message = "Layer 1 'Conv2D': 'kernel_size.2' must be *" }
        @{ Case = 'an empty dictionary'; Layer = @{}; Message = 'Layer 1: it must have one key, its class, but it has none. Write*' }
        @{ Case = 'inputs that are missing'; Layer = 'Add'; Message = "Layer 1 'Add': it takes 2 inputs, but has 1. Name the layers that it takes in its 'inputs'." }
        @{ Case = 'a rate of 7'; Layer = @{ Dropout = @{ rate = 7 } }; Message = "Layer 1 'Dropout': 'rate' must be a number from 0 to 1, but it is 7." }
        @{ Case = 'a negative epsilon'; Layer = @{ BatchNormalization = @{ epsilon = -1 } }; Message = "Layer 1 'BatchNormalization': 'epsilon' must be a number from 0 on, but it is -1." }
        @{ Case = 'a negative maximum'; Layer = @{ ReLU = @{ max_value = -1 } }; Message = "Layer 1 'ReLU': 'max_value' must be a number from 0 on, but it is -1." }
    ) {
        $problem = $null
        New-QuantModel -InputShape 8, 8, 3 -Layer $Layer -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].Exception.Message | Should -BeLike $Message
        $problem[0].Exception.Message | Should -Not -Match 'System\.|AkidaQuant\.|Dictionary`|Hashtable'
        $problem[0].Exception.Message.Length | Should -BeLessOrEqual 2000
    }

    It 'names what is wrong with the network itself: <Case>' -TestCases @(
        @{ Case = 'no shape'; Arguments = @{ Layer = 'ReLU' }; Id = 'NetworkInvalid'; Message = "*no 'input_shape'*" }
        @{ Case = 'a shape of 0'; Arguments = @{ Layer = 'ReLU'; InputShape = 0 }; Id = 'NetworkInvalid'; Message = "*'input_shape'*" }
        @{ Case = 'a mistyped type'; Arguments = @{ Layer = 'ReLU'; InputShape = 4; InputType = 'unit8' }; Id = 'NetworkInvalid'; Message = "*Did you mean 'uint8'?*" }
        @{ Case = 'a file that is not there'; Arguments = @{ Path = './nowhere.yaml' }; Id = 'FileNotFound'; Message = '*nowhere.yaml*' }
        @{ Case = 'a file of another kind'; Arguments = @{ Path = "$PSScriptRoot/vectors/keras/dense_only/float.h5" }; Id = 'ModelFormatUnknown'; Message = '*.yaml*' }
        @{ Case = 'weights that are not there'; Arguments = @{ Layer = 'ReLU'; InputShape = 4; Weight = './no.npz' }; Id = 'FileNotFound'; Message = '*no.npz*' }
    ) {
        { New-QuantModel @Arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type" -ExpectedMessage $Message
    }

    It 'takes float as float32, as summaries print it' {
        (New-QuantModel -InputShape 4 -InputType float -Layer ReLU).Input.Type | Should -BeNullOrEmpty
    }

    It 'refuses a list that holds itself' {
        $list = [System.Collections.ArrayList]::new()
        $null = $list.Add($list)
        { New-QuantModel -InputShape 4 -Layer $list -ErrorAction Stop } | Should -Throw -ErrorId "NetworkInvalid,$type"
    }

    It 'completes the type of the input' {
        $line = 'New-QuantModel -InputType u'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'uint8', 'uint16', 'uint32'
    }

    It 'writes layers of every class that imports' {
        foreach ($layer in @{ Conv3D = @{ filters = 2; kernel_size = 3 } }, @{ ZeroPadding3D = @{ padding = 1 } }, @{ AveragePooling3D = @{} }) {
            New-QuantModel -InputShape 4, 8, 8, 3 -Layer $layer | Should -BeOfType ([AkidaQuant.Model])
        }
        $quantized = New-QuantModel -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
            @{ QuantizedConv2D = @{ filters = 4; kernel_size = 3; quant_config = @{ output_quantizer = @{ bitwidth = 8; axis = 'per-tensor' }; weight_quantizer = @{ bitwidth = 4 } } } }
            @{ QuantizedReLU = @{ max_value = $null } }
            'Dequantizer'
        )
        @($quantized.Nodes.Name) | Should -Be 'input_1', 'quantized_conv2d', 'quantized_re_lu', 'dequantizer'
        $quantized.IsQuantized | Should -BeTrue
        $quantized | Invoke-QuantModel -Sample ($quantized | New-SampleSet -Count 1) | Should -HaveCount 1
    }
}

Describe 'The networks of the tutorial' {
    BeforeAll {
        $blocks = @(
            @{ Conv2D = @{ filters = 16; kernel_size = 3; strides = 2; padding = 'same'; name = 'input_conv' } }
            'ReLU'
            @{ DepthwiseConv2D = @{ kernel_size = 3; strides = 2; padding = 'same'; name = 'dw_conv' } }
            @{ Conv2D = @{ filters = 32; kernel_size = 1; name = 'pw_conv' } }
            'ReLU'
            'Flatten'
            @{ Dense = @{ units = 10; name = 'dense' } }
        )
        $rescaled = @(@{ Rescaling = @{ scale = 1 / 255; name = 'rescale' } }) + $blocks

        function Get-ParameterCount($Quantized) {
            $null = "$($Quantized | Get-QuantSummary)" -match 'Total params: (\d+)'
            [int] $Matches[1]
        }
    }

    It 'has 1488 parameters in section 1' {
        $model = New-QuantModel -InputShape 28, 28, 3 -InputType uint8 -Seed 1 -Layer @(
            @{ Rescaling = @{ scale = 1 / 255; name = 'rescale' } }
            @{ Conv2D = @{ filters = 16; kernel_size = 3; name = 'input_conv' } }
            @{ DepthwiseConv2D = @{ kernel_size = 3; name = 'dw_conv' } }
            @{ Conv2D = @{ filters = 32; kernel_size = 1; name = 'pw_conv' } }
            @{ ReLU = @{ name = 'relu' } }
            @{ Dense = @{ units = 10; name = 'dense' } }
        )
        $scheme = New-QuantParameter -InputWeightBits 16 -WeightBits 4 -ActivationBits 6 -OutputBits 12 -PerTensorActivations -BufferBits 24
        $quantized = $model | Invoke-Quantize -Parameter $scheme -SampleCount 64 -Seed 1
        Get-ParameterCount $quantized | Should -Be 1488
        "$($quantized | Get-QuantSummary)" | Should -Match '(?m)^ input_1 \(InputLayer\)        \[\(None, 28, 28, 3\)\]       0'
        "$($quantized | Get-QuantConfig)" |
            Should -BeExactly "$(Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_1_params/quantized.h5" | Get-QuantConfig)"
    }

    It 'has 16976, 7870 and 16970 parameters in section 3' {
        $images = New-SampleSet -Shape 28, 28, 3 -Count 64 -Seed 1
        $floats = New-QuantModel -InputShape 28, 28, 3 -Seed 1 -Layer $rescaled
        Get-ParameterCount ($floats | Invoke-Quantize -Sample $images -BatchSize 32) | Should -Be 16976
        $series = New-QuantModel -InputShape 10, 25, 2 -Seed 1 -Layer $blocks
        $samples = New-SampleSet -Shape 10, 25, 2 -InputType int8 -Count 64 -Seed 1
        Get-ParameterCount ($series | Invoke-Quantize -Parameter (New-QuantParameter -InputType int8) -Sample $samples -BatchSize 32) | Should -Be 7870
        $typed = New-QuantModel -InputShape 28, 28, 3 -InputType uint8 -Seed 1 -Layer $rescaled
        $quantized = $typed | Invoke-Quantize -Sample $images -BatchSize 32
        Get-ParameterCount $quantized | Should -Be 16970
        $quantized | ConvertTo-Akida | Get-AkidaSummary | Should -Not -BeNullOrEmpty
    }
}
