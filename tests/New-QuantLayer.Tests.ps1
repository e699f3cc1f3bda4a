BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.NewQuantLayerCommand'

    function Get-Completion([string] $Line) {
        (TabExpansion2 $Line $Line.Length).CompletionMatches
    }
}

Describe 'New-QuantLayer' {
    It 'gives an entry that is the same as a dictionary' {
        $layer = New-QuantLayer Conv2D -filters 16 -kernel_size 3 -name input_conv
        $layer | Should -BeOfType ([System.Collections.IDictionary])
        $layer.Keys | Should -Be 'Conv2D'
        $layer.Conv2D.Keys | Should -Be 'filters', 'kernel_size', 'name'
        $layer.Conv2D.filters, $layer.Conv2D.kernel_size, $layer.Conv2D.name | Should -Be 16, 3, 'input_conv'
        $layer | ConvertTo-Json -Compress | Should -Be '{"Conv2D":{"filters":16,"kernel_size":3,"name":"input_conv"}}'
        "$layer" | Should -BeExactly 'Conv2D: { filters: 16, kernel_size: 3, name: input_conv }'
    }

    It 'makes the network that dictionaries make' {
        $shape = @{ InputShape = 12, 12, 2; Seed = 3 }
        $written = New-QuantModel @shape -Layer @(
            New-QuantLayer Conv2D -filters 4 -kernel_size 3, 3 -Strides 2 -Padding same -UseBias $false -name conv
            New-QuantLayer ReLU -MaxValue 6
            New-QuantLayer Flatten
            New-QuantLayer Reshape 144
            New-QuantLayer Flatten
            New-QuantLayer Dense 3 -KernelInitializer he_normal -name dense
        )
        $plain = New-QuantModel @shape -Layer @(
            @{ Conv2D = @{ filters = 4; kernel_size = 3, 3; strides = 2; padding = 'same'; use_bias = $false; name = 'conv' } }
            @{ ReLU = @{ max_value = 6 } }
            'Flatten'
            @{ Reshape = @{ target_shape = @(144) } }
            'Flatten'
            @{ Dense = @{ units = 3; kernel_initializer = 'he_normal'; name = 'dense' } }
        )
        "$(Get-QuantSummary $written)" | Should -BeExactly "$(Get-QuantSummary $plain)"
        $samples = $plain | New-SampleSet -Count 3 -Minimum -1 -Maximum 1 -Seed 1
        ($written | Invoke-QuantModel -Sample $samples).Output | Should -Be ($plain | Invoke-QuantModel -Sample $samples).Output
    }

    It 'writes branches' {
        $model = New-QuantModel -InputShape 8, 8, 3 -Seed 1 -Layer @(
            New-QuantLayer Conv2D 4 1 -name left
            New-QuantLayer Conv2D 4 1 -name right
            New-QuantLayer Add -inputs left, right -name sum
        )
        $rows = @((Get-QuantSummary $model).Rows)
        "$($rows[-1].Name) $($rows[-1].ConnectedTo)" | Should -Match 'sum.*left.*right'
    }

    It 'takes every class, with the arguments that it cannot do without' {
        $classes = (Get-Completion 'New-QuantLayer ').CompletionText.Trim("'")
        $classes | Should -Be ([AkidaQuant.Layers.LayerClasses]::ShortNames)
        foreach ($class in $classes) {
            $arguments = [AkidaQuant.Layers.LayerClasses]::Signature($class).Arguments
            $parameters = (Get-Command New-QuantLayer -ArgumentList $class).Parameters
            foreach ($name in @($arguments | ForEach-Object Name) + 'name', 'trainable', 'inputs') {
                $parameters.Keys | Should -Contain $name -Because $class
            }
            $mandatory = @($parameters.Values | Where-Object { $_.ParameterSets.Values.IsMandatory -contains $true }).Name
            $mandatory | Sort-Object | Should -Be (@('Class') + @($arguments | Where-Object IsRequired).Name | Where-Object { $_ } | Sort-Object) -Because $class
        }
    }

    It 'takes a class whatever its case, and in its full name' {
        (New-QuantLayer dense -Units 4).Class | Should -BeExactly 'Dense'
        (New-QuantLayer 'Custom>QuantizedFlatten').Class | Should -BeExactly 'QuantizedFlatten'
    }

    It 'takes arguments without their names where a layer cannot do without them' {
        $layer = New-QuantLayer Conv2D 16 3
        $layer.Conv2D.filters, $layer.Conv2D.kernel_size | Should -Be 16, 3
    }

    It 'takes numbers as texts' {
        $layer = New-QuantLayer Conv2D '16' '3' -strides '2', '1' -use_bias 'false'
        $layer.Conv2D.filters | Should -BeOfType [long]
        $layer.Conv2D.strides | Should -Be 2, 1
        $layer.Conv2D.use_bias | Should -BeExactly $false
        (New-QuantLayer Rescaling '0.5').Rescaling.scale | Should -Be 0.5
        (New-QuantLayer Reshape '3', '4').Reshape.target_shape | Should -Be 3, 4
    }

    It 'keeps null as null' {
        $layer = New-QuantLayer ReLU -max_value $null
        $layer.ReLU.Contains('max_value') | Should -BeTrue
        $layer.ReLU.max_value | Should -BeNullOrEmpty
    }

    It 'is printed as a row' {
        $text = New-QuantLayer Conv2D 16 3, 5 -use_bias $false -name conv | Out-String -Width 120
        $text | Should -Match 'Class +Name +Arguments'
        $text | Should -Match 'Conv2D +conv +filters: 16, kernel_size: \[3, 5\], use_bias: false'
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'a mistyped class'; Call = { New-QuantLayer Conv2 -filters 16 -ErrorAction Stop }; Id = 'UnknownLayerClass'; Message = "*'Conv2'*'Conv2D'*" }
        @{ Case = 'a mistyped argument'; Call = { New-QuantLayer Conv2D 16 3 -pading same -ErrorAction Stop }; Id = 'LayerArgumentUnknown'; Message = "*'pading'*'padding'*" }
        @{ Case = 'an argument of another class'; Call = { New-QuantLayer Flatten -units 3 -ErrorAction Stop }; Id = 'LayerArgumentUnknown'; Message = "*'Flatten'*'units'*" }
        @{ Case = 'a value without a name'; Call = { New-QuantLayer Conv2D 16 3 same -ErrorAction Stop }; Id = 'LayerArgumentUnnamed'; Message = "*'same'*" }
        @{ Case = 'another padding'; Call = { New-QuantLayer Conv2D 16 3 -padding sme -ErrorAction Stop }; Id = 'LayerArgumentInvalid'; Message = "*'sme'*'same'*" }
        @{ Case = 'half a filter'; Call = { New-QuantLayer Conv2D 16.5 3 -ErrorAction Stop }; Id = 'LayerArgumentInvalid'; Message = '*filters*integer*16.5*' }
        @{ Case = 'a word for a number'; Call = { New-QuantLayer Dense many -ErrorAction Stop }; Id = 'LayerArgumentInvalid'; Message = "*units*integer*'many'*" }
        @{ Case = 'no filters'; Call = { New-QuantLayer Conv2D $null 3 -ErrorAction Stop }; Id = 'LayerArgumentMissing'; Message = '*filters*' }
    ) {
        $Call | Should -Throw -ErrorId "$Id,$type" -ExpectedMessage $Message
        $Error[0].Exception.Message | Should -Not -Match 'System\.|Nullable|Object\['
        $Error[0].Exception.Message | Should -Not -Match 'Layer 0'
    }

    It 'completes <Line>' -TestCases @(
        @{ Line = 'New-QuantLayer Depthw'; First = 'DepthwiseBufferTempConv', 'DepthwiseConv1D', 'DepthwiseConv2D' }
        @{ Line = 'New-QuantLayer Conv2D -fil'; First = , '-filters' }
        @{ Line = 'New-QuantLayer conv2d -kernel_s'; First = , '-kernel_size' }
        @{ Line = 'New-QuantLayer Conv2D -padding '; First = 'valid', 'same' }
        @{ Line = 'New-QuantLayer Conv2D 16 3 -padding s'; First = , 'same' }
        @{ Line = 'New-QuantLayer Conv2D -use_bias '; First = '$true', '$false' }
        @{ Line = 'New-QuantLayer Conv2D -activation sof'; First = , 'softmax' }
    ) {
        (Get-Completion $Line).CompletionText | Select-Object -First $First.Count | Should -Be $First
    }

    It 'says what an argument is while it is completed' {
        $tips = (Get-Completion 'New-QuantLayer Conv2D -').ToolTip -join "`n"
        $tips | Should -Match 'filters - an integer, required'
        $tips | Should -Match 'padding - valid or same'
        $tips | Should -Match 'use_bias - true or false'
    }
}
