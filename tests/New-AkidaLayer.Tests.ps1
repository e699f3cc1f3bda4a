BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.NewAkidaLayerCommand'

    function Get-Completion([string] $Line) {
        (TabExpansion2 $Line $Line.Length).CompletionMatches
    }
}

Describe 'New-AkidaLayer' {
    It 'makes a layer with the parameters that are given and the defaults of the rest' {
        $layer = New-AkidaLayer Conv2D -Filters 16 -KernelSize 3 -KernelStride 2 -Padding Valid -PoolType Max -PoolSize 2 -OutputBits 4 -Activation NoActivation -WeightsBits 4 -BufferBits 24 -Name conv -Inbound a
        $layer | Should -BeOfType ([AkidaQuant.Akida.Layers.AkidaLayer])
        "$layer" | Should -BeExactly 'conv (Conv2D)'
        $layer.Inbounds | Should -Be 'a'
        $layer.Filters, $layer.KernelSize, $layer.KernelStride, $layer.PoolSize, $layer.PoolStride | Should -Be 16, 3, 2, 2, -1
        "$($layer.Padding) $($layer.PoolType) $($layer.Activation)" | Should -Be 'Valid Max NoActivation'
        $layer.OutputBits, $layer.WeightsBits, $layer.BufferBits, $layer.PostOpBufferBits | Should -Be 4, 4, 24, 32
    }

    It 'has the parameters of every class, those it needs by position' {
        $classes = (Get-Completion 'New-AkidaLayer ').CompletionText
        $classes | Should -Be ([AkidaQuant.Akida.AkidaLayerClasses]::Names)
        foreach ($class in $classes) {
            $wanted = [AkidaQuant.Akida.AkidaLayerClasses]::Parameters($class)
            $parameters = (Get-Command New-AkidaLayer -ArgumentList $class).Parameters
            foreach ($name in @($wanted.Name) + 'Name', 'Inbound', 'Variable' | Where-Object { $_ }) {
                $parameters.Keys | Should -Contain $name -Because $class
            }
            $mandatory = @($parameters.Values | Where-Object { $_.ParameterSets.Values.IsMandatory -contains $true }).Name
            $mandatory | Sort-Object | Should -Be (@('Class') + @($wanted | Where-Object IsRequired).Name | Where-Object { $_ } | Sort-Object) -Because $class
        }
        $layer = New-AkidaLayer inputconv2d 28, 28, 1 8 3
        "$($layer.InputShape.ToString()) $($layer.Filters) $($layer.KernelSize)" | Should -Be '(28, 28, 1) 8 3'
    }

    It 'completes parameters and what they can be' {
        (Get-Completion 'New-AkidaLayer Conv2D -Kernel').CompletionText | Should -Be '-KernelSize', '-KernelStride'
        (Get-Completion 'New-AkidaLayer Conv2D -Padding ').CompletionText | Should -Be 'Valid', 'Same', 'SameUpper'
        (Get-Completion 'New-AkidaLayer Convolutional -Padding ').CompletionText | Should -Be 'Valid', 'Same'
        (Get-Completion 'New-AkidaLayer FullyConnected -Activation ').CompletionText | Should -Be '$true', '$false'
        (Get-Completion 'New-AkidaLayer Conv2D -Activation r').CompletionText | Should -Be 'ReLU'
        (Get-Completion 'New-AkidaLayer FullyConnected -Num').CompletionText | Should -Be '-NumWeights', '-NumClasses'
        (Get-Completion 'New-AkidaLayer inputconv').CompletionText | Should -Be 'InputConv2D', 'InputConvolutional'
    }

    It 'completes the names of variables' {
        $line = 'New-AkidaLayer Dequantizer -Variable @{ '
        (Get-Completion $line).CompletionText | Should -Be 'scales'
        $line = 'New-AkidaLayer Dense1D 3 -Variable @{ bias = 1; b'
        (Get-Completion $line).CompletionText | Should -Be 'bias_shift'
    }

    It 'takes sizes of Akida 1.0 as one number or two' {
        "$((New-AkidaLayer Convolutional 3 4).KernelSize)" | Should -Be '(3, 3)'
        "$((New-AkidaLayer Convolutional 1, 5 4 -PoolSize 2, 1).KernelSize)" | Should -Be '(1, 5)'
    }

    It 'makes a layer that learns' {
        $learning = (New-AkidaLayer FullyConnected 20 -NumWeights 12 -NumClasses 4 -LearningCompetition 0.1).Learning
        $learning.NumWeights, $learning.NumClasses, $learning.InitialPlasticity | Should -Be 12, 4, 1
        [math]::Round($learning.LearningCompetition, 5) | Should -Be 0.1
        (New-AkidaLayer FullyConnected 20).Learning | Should -BeNullOrEmpty
        { New-AkidaLayer FullyConnected 20 -NumClasses 4 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaParameterMissing,$type"
    }

    It 'takes variables as numbers, lists, lists in lists, rectangular arrays and what a model gave' {
        $weights = (New-AkidaLayer Dense1D 2 -Variable @{ weights = (1, 2), (3, 4), (5, 6); bias = 7 }).Variables
        "$($weights['weights']) $($weights['weights'].Values)" | Should -Be 'int8 (3, 2) 1 2 3 4 5 6'
        "$($weights['bias'])" | Should -Be 'int8 7'
        "$((New-AkidaLayer Dense1D 2 -Variable @{ weights = 1..6 }).Variables['weights'])" | Should -Be 'int8 (3, 2)'
        $block = [int[,]]::new(3, 2)
        $block[2, 1] = -128
        (New-AkidaLayer Dense1D 2 -Variable @{ weights = $block }).Variables['weights'].Values | Should -Be 0, 0, 0, 0, 0, -128
        (New-AkidaLayer Dense1D 2 -Variable @{ weights = $weights['weights'] }).Variables['weights'].Values | Should -Be (1..6)
        (New-AkidaLayer Dequantizer -Variable @{ scales = 0.5 }).Variables['scales'].Values | Should -Be 0.5
    }

    It 'refuses variables that the layer cannot have: <id>' -ForEach @(
        @{ id = 'AkidaVariableRange'; variable = @{ weights = 1, 99 }; part = 'must hold -8 to 7, but value 1 is 99' }
        @{ id = 'AkidaVariableType'; variable = @{ weights = 1, 0.5 }; part = 'whole numbers, but value 1 is 0.5' }
        @{ id = 'AkidaVariableShape'; variable = @{ weights = (1, 2), (3, 4) }; part = 'must have the shape (None, 1), but it has (2, 2)' }
        @{ id = 'AkidaVariableInvalid'; variable = @{ weights = (1, 2), (3, 4, 5) }; part = 'not all of the same length' }
        @{ id = 'AkidaVariableInvalid'; variable = @{ weights = 'one' }; part = "it has the text 'one' in it" }
        @{ id = 'AkidaVariableInvalid'; variable = 'weights'; part = 'takes a hashtable' }
        @{ id = 'AkidaVariableUnknown'; variable = @{ wieghts = 1 }; part = "no variable 'wieghts'" }
    ) {
        $failure = { New-AkidaLayer Dense1D 1 -WeightsBits 4 -Name dense -Variable $variable -ErrorAction Stop } | Should -Throw -ErrorId "$id,$type" -PassThru
        "$failure" | Should -BeLike "*$($part.Replace('[', '``[').Replace(']', '``]'))*"
    }

    It 'takes texts of numbers, as an argument that begins with a minus is one' {
        (New-AkidaLayer Dense1D 2 -Variable @{ bias = '-3', 5 }).Variables['bias'].Values | Should -Be -3, 5
    }

    It 'refuses classes and parameters that there are not, with the nearest one' {
        { New-AkidaLayer Conv2DD -ErrorAction Stop } | Should -Throw "*no Akida layer 'Conv2DD'. Did you mean 'Conv2D'*" -ErrorId "AkidaLayerClassUnknown,$type"
        { New-AkidaLayer Conv2D 1 3 -Stride 2 -ErrorAction Stop } | Should -Throw "*no parameter 'Stride'. *KernelStride*" -ErrorId "AkidaParameterUnknown,$type"
        { New-AkidaLayer Conv2D 0 3 -ErrorAction Stop } | Should -Throw '*filters must be from 1 to 1048576*' -ErrorId "AkidaParameterInvalid,$type"
        { New-AkidaLayer Conv2D 1 3 -Padding Big -ErrorAction Stop } | Should -Throw '*must be one of Valid, Same, SameUpper, but it is Big*' -ErrorId "AkidaParameterInvalid,$type"
        { New-AkidaLayer Conv2D many 3 } | Should -Throw "*takes a whole number*was given the text 'many'*"
        { New-AkidaLayer FullyConnected 1 -Activation maybe } | Should -Throw "*takes `$true or `$false, but was given the text 'maybe'*"
    }
}
