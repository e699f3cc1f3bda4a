BeforeDiscovery {
    $names = 'Model', 'QuantizedModel', 'AkidaModel', 'SampleSet', 'QuantizationParams', 'QuantConfig', 'QuantSettings', 'ModelSummary',
        'AkidaSummary', 'SummaryRow', 'AkidaSummaryRow', 'Prediction', 'PotentialPrediction', 'ModelMeasurement', 'AkidaMeasurement',
        'TopAccuracy', 'LayerSparsity', 'LayerWork', 'AkidaWork', 'AkidaStream', 'ConfusionMatrix', 'ConfusionRow', 'QuantErrorReport', 'QuantErrorRow', 'KernelDistribution',
        'HistogramBar', 'Node', 'Layer', 'QuantizedLayer', 'AkidaLayer', 'Variable', 'NdArray', 'OutputQuantizer', 'Window', 'Shape',
        'ExecutionPlan', 'PlanStep', 'PreparedLayer', 'TensorSpec', 'ValueRange', 'RecordedVariables', 'AkidaVariables',
        'ModelLayer', 'LayerDefinition', 'OptimizationReport', 'OptimizationChange',
        'AkidaDevice', 'HardwareRule', 'HardwareRow', 'AkidaMapping', 'MappedLayer', 'AkidaSequence', 'MappedSummary',
        'AkidaLearning', 'LearningShare', 'LearnedNeuron'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $model = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $akida = $quantized | ConvertTo-Akida
    $test = Import-SampleSet "$digits/inputs.npz" -First 20
    $measured = $quantized | Measure-QuantModel -Sample $test -TopK 1, 3
    $emulated = $akida | Measure-AkidaModel -Sample $test -TopK 2 -Sparsity
    $config = $quantized | Get-QuantConfig
    $step = $quantized.Plan['stem_relu']
    $change = [AkidaQuant.OptimizationChange]::new($model.Name, 'stem_conv', 'QuantizedConv2D', 'kernel', '0.081', '0.034')

    $objects = @{
        Model               = $model
        QuantizedModel      = $quantized
        AkidaModel          = $akida
        SampleSet           = $test
        QuantizationParams  = New-QuantParameter
        QuantConfig         = $config
        QuantSettings       = $config['stem_relu']
        ModelSummary        = $quantized | Get-QuantSummary
        AkidaSummary        = $akida | Get-AkidaSummary
        SummaryRow          = ($quantized | Get-QuantSummary -AsRow)[2]
        AkidaSummaryRow     = ($akida | Get-AkidaSummary -AsRow)[0]
        Prediction          = $quantized | Invoke-QuantModel -Sample $test | Select-Object -First 1
        PotentialPrediction = $akida | Invoke-AkidaModel -Sample $test -Potential | Select-Object -First 1
        ModelMeasurement    = $measured
        AkidaMeasurement    = $emulated
        TopAccuracy         = $measured.TopK[0]
        LayerSparsity       = $emulated.Sparsity[0]
        LayerWork           = $akida | Measure-AkidaWork $test | Select-Object -First 1
        AkidaWork           = $akida | Measure-AkidaWork $test -Total
        AkidaStream         = $akida | New-AkidaStream
        ConfusionMatrix     = $measured.Confusion
        ConfusionRow        = $measured.Confusion.Rows[0]
        QuantErrorReport    = $quantized | Measure-QuantError -Sample $test
        QuantErrorRow       = $quantized | Measure-QuantError -Sample $test -AsRow | Select-Object -First 1
        KernelDistribution  = $quantized | Get-QuantDistribution | Select-Object -First 1
        HistogramBar        = ($quantized | Get-QuantDistribution | Select-Object -First 1).Histogram[0]
        Node                = $quantized.Nodes[2]
        Layer               = $model.Nodes[2].Layer
        QuantizedLayer      = $step.Node.Layer
        AkidaLayer          = $akida.Layers[1]
        Variable            = $model.Nodes[2].Layer.Variables | Select-Object -First 1
        NdArray             = $model.Nodes[2].Layer.Kernel
        OutputQuantizer     = $step.Node.Layer.OutputQuantizer
        Window              = $model.Nodes[2].Layer.Window
        Shape               = $model.InputShape
        ExecutionPlan       = $quantized.Plan
        PlanStep            = $step
        PreparedLayer       = $step.Prepared
        TensorSpec          = $step.Prepared.Output
        ValueRange          = $step.Prepared.Output.Range
        RecordedVariables   = $step.Prepared.Recorded
        AkidaVariables      = $akida.Layers[1].Variables
        ModelLayer          = $quantized['stem_conv']
        LayerDefinition     = New-QuantLayer Conv2D -filters 4 -kernel_size 3
        OptimizationReport  = [AkidaQuant.OptimizationReport]::new($model.Name, 'Fast', 90, 10, 0.3125, 0.0412, [AkidaQuant.OptimizationChange[]] ($change, $change))
        OptimizationChange  = $change
        AkidaDevice         = Get-AkidaDevice AKD1000
        HardwareRule        = (Get-AkidaDevice AKD1000 -Rule)[3]
        HardwareRow         = ($akida | Test-AkidaModel -Device AKD1000)[0]
        AkidaMapping        = $akida | Resolve-AkidaMapping SixNodesIPv2
        MappedLayer         = ($akida | Resolve-AkidaMapping SixNodesIPv2).Layers[0]
        AkidaSequence       = ($akida | Resolve-AkidaMapping SixNodesIPv2).Sequences[0]
        MappedSummary       = $akida | Resolve-AkidaMapping SixNodesIPv2 | Get-AkidaSummary
        AkidaLearning       = [AkidaQuant.Akida.Layers.AkidaLearning] @{ NumWeights = 9 }
        LearningShare       = [AkidaQuant.Akida.Learning.LearningShare]::new($model.Name, 'learning', 25, 4)
        LearnedNeuron       = [AkidaQuant.Akida.Learning.LearnedNeuron]::new($model.Name, 'learning', 2, 1, 25, 40, 0.75, 90)
    }

    # Record texts and names of .NET types, which say nothing to who reads a screen.
    $foreign = 'System\.|AkidaQuant\.|`\d|\w\[\]|\w+ \{ \w+ = '

    function Get-Shown([scriptblock] $Script) {
        (& $Script | Out-String -Width 160).ReplaceLineEndings("`n") -replace '\e\[[\d;]*m'
    }
}

Describe 'The view of <_>' -ForEach $names {
    BeforeAll {
        $object = $objects[$_]
    }

    It 'says no names of types, by itself' {
        $shown = Get-Shown { , $object }
        $shown.Trim() | Should -Not -BeNullOrEmpty
        $shown | Should -Not -Match $foreign
    }

    It 'says none behind a table and a list of another type' {
        foreach ($first in [pscustomobject]@{ Column = 1 }, (New-QuantParameter), $test, (Get-Item $PSScriptRoot)) {
            $shown = Get-Shown { $first; , $object }
            $shown | Should -Not -Match $foreign
            $shown.Length | Should -BeGreaterThan (Get-Shown { $first }).TrimEnd().Length
        }
    }

    It 'says none in Format-List and Format-Table' {
        Get-Shown { , $object | Format-List } | Should -Not -Match $foreign
        Get-Shown { , $object | Format-Table } | Should -Not -Match $foreign
    }

    It 'says none as a property, in an array and in a text' {
        $holder = [pscustomobject]@{ Name = 'holder'; Held = $object }
        Get-Shown { $holder } | Should -Not -Match $foreign
        Get-Shown { $holder | Format-List } | Should -Not -Match $foreign
        Get-Shown { [pscustomobject]@{ Held = @($object, 'text', 1) } | Format-List } | Should -Not -Match $foreign
        "$object" | Should -Not -Match $foreign
        $object.ToString() | Should -Not -Match $foreign
    }
}

Describe 'A view of text' {
    It 'is the same behind any other object: <_>' -ForEach 'QuantConfig', 'QuantSettings', 'ModelSummary', 'AkidaSummary', 'ConfusionMatrix',
        'QuantErrorReport' {
        $object = $objects[$_]
        $text = switch ($_) {
            'ConfusionMatrix' { $object.ToTable() }
            'QuantErrorReport' { "$object$($object.Finding)" }
            default { $object.ToString() }
        }
        $lines = $text.Split("`n").TrimEnd() -ne ''
        foreach ($first in [pscustomobject]@{ Column = 1 }, (New-QuantParameter), $model, $test, 'text') {
            $shown = (Get-Shown { $first; , $object }).Split("`n").TrimEnd() -ne ''
            $shown[-$lines.Count..-1] | Should -BeExactly $lines
        }
    }

    It 'holds its properties, which -Force shows' {
        Get-Shown { $objects.ModelSummary | Format-List ParameterCount -Force } | Should -Match 'ParameterCount : 18396'
    }
}

Describe 'A layer behind an object of another type' {
    It 'shows what its table shows: <Kind>' -ForEach @(
        @{ Kind = 'ModelLayer'; Expected = 'Name', 'ClassName', 'OutputShape', 'OutputBits', 'Inputs' }
        @{ Kind = 'LayerDefinition'; Expected = 'Class', 'Name', 'Arguments' }
    ) {
        $shown = Get-Shown { Get-Item $PSScriptRoot; , $objects[$Kind] }
        [regex]::Matches($shown, '(?m)^(\w+) *: ').ForEach({ $_.Groups[1].Value }) | Should -Be $Expected
    }
}

Describe 'Types that a user meets' {
    # From what cmdlets give, by public properties: also the types that no object above happens to hold.
    It 'have texts of their own, or are lists' {
        $core = [AkidaQuant.Model].Assembly
        $exported = $core.GetExportedTypes()
        $seen = [System.Collections.Generic.HashSet[type]]::new()
        $open = [System.Collections.Generic.Queue[type]]::new()
        function Add-Type([type] $Type) {
            if ($Type.HasElementType) {
                Add-Type $Type.GetElementType()
                return
            }
            foreach ($argument in $Type.GetGenericArguments()) {
                Add-Type $argument
            }
            if ($Type.Assembly -eq $core -and $Type.IsVisible) {
                $open.Enqueue($Type)
                foreach ($derived in $exported.Where({ $_.IsSubclassOf($Type) })) {
                    $open.Enqueue($derived)
                }
            }
        }

        foreach ($type in (Get-Command -Module AkidaQuant).OutputType.Type) {
            if ($null -ne $type) {
                Add-Type $type
            }
        }
        while ($open.Count) {
            $type = $open.Dequeue()
            if ($seen.Add($type)) {
                foreach ($property in $type.GetProperties('Public, Instance')) {
                    Add-Type $property.PropertyType
                }
            }
        }

        $seen.Count | Should -BeGreaterThan 150
        foreach ($type in $seen) {
            if ($type.IsEnum) {
                [enum]::GetUnderlyingType($type) | Should -Be ([long]) -Because "ConvertTo-Json then writes the names of $type"
            }
            elseif (-not $type.IsAbstract) {
                $text = $type.GetMethod('ToString', [type]::EmptyTypes)
                $text.DeclaringType | Should -Not -BeIn ([object], [valuetype], [enum]) -Because $type
                $text.IsDefined([System.Runtime.CompilerServices.CompilerGeneratedAttribute], $false) | Should -BeFalse -Because $type
            }
        }
    }
}
