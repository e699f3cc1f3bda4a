BeforeDiscovery {
    $kinds = 'Model', 'QuantizedModel', 'AkidaModel', 'ModelLayers', 'QuantizedLayers', 'AkidaLayers', 'Nodes', 'GraphLayers', 'Plan',
        'PlanSteps', 'Variables', 'Outputs', 'SampleSet', 'ImageSet', 'TableSet', 'QuantConfig', 'QuantSettings', 'ModelSummary',
        'QuantizedSummary', 'AkidaSummary', 'SummaryRows', 'AkidaSummaryRows', 'Predictions', 'PotentialPredictions', 'MultiPredictions',
        'ModelMeasurement', 'AkidaMeasurement', 'Sparsity', 'Work', 'TotalWork', 'Stream', 'QuantErrorReport', 'QuantErrorRows',
        'QuantCheck', 'QuantCheckRows',
        'Distribution', 'Compatibility', 'Refusals', 'RepairReport', 'RepairChanges', 'OptimizationReport', 'OptimizationChange', 'Parts',
        'LayerDefinition', 'Learning', 'LearnedNeurons', 'Arrived', 'DeviceRows', 'Mapping', 'MappedLayers', 'Sequences', 'MappedSummary', 'Device'
}

BeforeAll {
    $PSStyle.OutputRendering = 'PlainText'
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"

    # Erases the screen, sets the title, turns the order of letters and makes lines of its own.
    $evil = "`e[2J`e]0;x`a`u{202e}gnp`r`nINJECTED`t`u{9b}1m`u{2028}`u{2066}`u{200f}`u{61c}`u{7f}"
    $shownEvil = '\u001b[2J\u001b]0;x\u0007\u202egnp\u000d\u000aINJECTED\u0009\u009b1m\u2028\u2066\u200f\u061c\u007f'

    # What must not be printed, but for the lines of the layout.
    $forbidden = '[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069-[\n]]'

    function Get-Shown([scriptblock] $Script) {
        (& $Script | Out-String -Width 4000).ReplaceLineEndings("`n")
    }

    function Test-Shown([string] $Text, [string] $Because) {
        $Text | Should -Not -Match $forbidden -Because $Because
        $Text | Should -Not -Match '(?m)^INJECTED' -Because $Because
    }

    $written = New-QuantModel -Name "net$evil" -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
        @{ Conv2D = @{ filters = 4; kernel_size = 3; name = "conv$evil" } }
        @{ ReLU = @{ max_value = 6; name = "relu$evil" } }
        @{ Flatten = @{ name = "flat$evil" } }
        @{ Dense = @{ units = 3; name = "dense$evil" } }
    )
    $written | Export-QuantModel "$TestDrive/net.json" -IncludeWeight
    $model = Import-QuantModel "$TestDrive/net.json"
    $samples = $model | New-SampleSet -Count 8 -Seed 1
    $quantized = $model | Invoke-Quantize -Sample $samples -WarningAction Ignore
    $akida = $quantized | ConvertTo-Akida
    New-QuantModel -InputShape 4 -Seed 1 -Layer @{ Dense = @{ units = 2; name = "a$evil" } }, @{ Dense = @{ units = 2; name = "b$evil" } } |
        Export-QuantModel "$TestDrive/two.json" -IncludeWeight
    $two = Import-QuantModel "$TestDrive/two.json" -Output "a$evil", "b$evil"

    # Names of samples are those of files; Windows refuses such.
    $folder = New-Item "$TestDrive/images" -ItemType Directory
    $image = [Convert]::FromBase64String('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC')
    $class = $IsWindows ? 'class' : "class$($evil.Replace('/', ''))"
    $null = [IO.Directory]::CreateDirectory("$folder/$class")
    [IO.File]::WriteAllBytes("$folder/$class/$class.png", $image)
    $images = Import-SampleSet $folder
    $imageModel = New-QuantModel -InputShape 1, 1, 3 -InputType uint8 -Seed 1 -Layer 'Flatten', @{ Dense = @{ units = 2 } }
    [IO.File]::WriteAllText("$TestDrive/table.csv", "a,b,label`n1,2,=cmd|calc`n3,4,`e[31mred`n")
    $table = Import-SampleSet "$TestDrive/table.csv"

    $labelled = $samples.WithLabels([int[]] (0, 1, 2, 0, 1, 2, 0, 1))
    $measured = $quantized | Measure-QuantModel -Sample $labelled
    $emulated = $akida | Measure-AkidaModel -Sample $labelled -Sparsity
    $report = $quantized | Measure-QuantError -FloatModel $model -Sample $samples
    $refused = New-QuantModel -Name "wide$evil" -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
        @{ Conv2D = @{ filters = 4; kernel_size = 3; name = "first$evil"; padding = 'same' } }
        @{ Conv2D = @{ filters = 4; kernel_size = 3, 5; name = "second$evil"; padding = 'same' } }
        @{ Flatten = @{ name = "flat$evil" } }
        @{ Dense = @{ units = 3; name = "dense$evil" } }
    )
    $repaired = $refused | Repair-QuantModel -WarningAction Ignore
    $binary = New-QuantParameter -WeightBits 4 -ActivationBits 1 -PerTensorActivations
    $learner = ($model | Invoke-Quantize -Parameter $binary -Sample $samples -WarningAction Ignore | Split-QuantModel "relu$evil")[0] |
        ConvertTo-Akida -Version 1.0 | Add-AkidaLearningLayer -NumWeights 3 -NumClasses 2 -Name "learning$evil"
    $change = [AkidaQuant.OptimizationChange]::new($model.Name, "conv$evil", 'QuantizedConv2D', 'kernel', '0.081', '0.034')
    $xml = [System.Management.Automation.PSSerializer]::Serialize(@($model.Layers[1]; $report.Rows[0]; $change))

    $objects = @{
        Model                = $model
        QuantizedModel       = $quantized
        AkidaModel           = $akida
        ModelLayers          = $model.Layers
        QuantizedLayers      = $quantized.Layers
        AkidaLayers          = $akida.Layers
        Nodes                = $quantized.Nodes
        GraphLayers          = $quantized.GraphLayers
        Plan                 = $quantized.Plan
        PlanSteps            = $quantized.Plan.Steps
        Variables            = $model["conv$evil"].Layer.Variables
        Outputs              = $two.Plan.Outputs
        SampleSet            = $samples
        ImageSet             = $images
        TableSet             = $table
        QuantConfig          = $quantized | Get-QuantConfig
        QuantSettings        = ($quantized | Get-QuantConfig)["relu$evil"]
        ModelSummary         = $two | Get-QuantSummary
        QuantizedSummary     = $quantized | Get-QuantSummary
        AkidaSummary         = $akida | Get-AkidaSummary
        SummaryRows          = $two | Get-QuantSummary -AsRow
        AkidaSummaryRows     = $akida | Get-AkidaSummary -AsRow
        Predictions          = $imageModel | Invoke-QuantModel -Sample $images
        PotentialPredictions = $akida | Invoke-AkidaModel -Sample $samples -Potential
        MultiPredictions     = $two | Invoke-QuantModel -Sample ($two | New-SampleSet -Count 2 -Seed 1)
        ModelMeasurement     = $measured
        AkidaMeasurement     = $emulated
        Sparsity             = $emulated.Sparsity
        Work                 = $akida | Measure-AkidaWork -Sample $samples
        TotalWork            = $akida | Measure-AkidaWork -Sample $samples -Total
        Stream               = $akida | New-AkidaStream
        QuantErrorReport     = $report
        QuantErrorRows       = $report.Rows
        QuantCheck           = $quantized.Check
        QuantCheckRows       = $quantized.Check.Rows
        Distribution         = $quantized | Get-QuantDistribution
        Compatibility        = $quantized | Test-AkidaModel
        Refusals             = $refused | Test-AkidaModel
        DeviceRows           = $quantized | Test-AkidaModel -Device AKD1000
        Mapping              = $akida | Resolve-AkidaMapping (New-AkidaDevice 2.0 6 -Name "mine$evil")
        MappedLayers         = ($akida | Resolve-AkidaMapping SixNodesIPv2).Layers
        Sequences            = ($akida | Resolve-AkidaMapping SixNodesIPv2).Sequences
        MappedSummary        = $akida | Resolve-AkidaMapping SixNodesIPv2 | Get-AkidaSummary
        Device               = New-AkidaDevice 2.0 6 -Name "mine$evil"
        RepairReport         = $repaired.Repair
        RepairChanges        = $repaired.Repair.Changes
        OptimizationReport   = [AkidaQuant.OptimizationReport]::new($model.Name, 'Fast', 90, 10, 0.3125, 0.0412,
            [AkidaQuant.OptimizationChange[]] $change)
        OptimizationChange   = $change
        Parts                = $akida.Parts
        LayerDefinition      = New-QuantLayer Dense -units 3 -name "dense$evil"
        Learning             = $learner | Get-AkidaLearning
        LearnedNeurons       = $learner | Get-AkidaLearning -Neuron
        Arrived              = [System.Management.Automation.PSSerializer]::Deserialize($xml)
    }
}

Describe 'Names from files' {
    It 'are kept by objects' {
        $model.Name | Should -BeExactly "net$evil"
        @($model.Layers.Name)[1..4] | Should -BeExactly "conv$evil", "relu$evil", "flat$evil", "dense$evil"
        @($akida.Layers.Name) | Should -Contain "conv$evil"
        $model["conv$evil"].ClassName | Should -Be 'Conv2D'
        $table.Classes | Should -Contain "`e[31mred"
        ($quantized | Get-QuantConfig).Keys | Should -Contain "relu$evil"
    }

    It 'are kept in files of objects and rows' {
        ($model.Layers | ConvertTo-Csv | ConvertFrom-Csv)[1].Name | Should -BeExactly "conv$evil"
        ($report.Rows | ConvertTo-Csv | ConvertFrom-Csv).Layer | Should -Contain "conv$evil"
        ($report.Rows[0] | ConvertTo-Json | ConvertFrom-Json).Model | Should -BeExactly "net$evil"
        ($change | Select-Object *).PSObject.Properties.Name | Should -Be 'Model', 'Layer', 'Kind', 'Change', 'Before', 'After'
        (Get-Member -InputObject $change -MemberType Properties).Name | Should -Not -Match ' $'
        $quantized | Export-QuantModel "$TestDrive/quantized.json" -IncludeWeight
        (Import-QuantModel "$TestDrive/quantized.json").Layers[2].Name | Should -BeExactly $quantized.Layers[2].Name
    }

    It 'are all that goes to another process' {
        foreach ($object in $model['dense' + $evil], $model.GraphLayers[2], $akida.Layers[1], $report.Rows[0], $measured, $objects.MultiPredictions[0],
            $objects.SummaryRows[0], $objects.Refusals[0], $quantized.Check, $quantized.Plan, $objects.Distribution[0]) {
            $names = [System.Management.Automation.PSSerializer]::Deserialize(
                [System.Management.Automation.PSSerializer]::Serialize($object)).PSObject.Properties.Name
            $names | Sort-Object | Should -BeExactly ($object.PSObject.Properties.Name | Sort-Object)
        }
    }

    It 'of a public file are shown escaped' {
        $public = Import-QuantModel "$PSScriptRoot/vectors/names/escape.h5"
        $public.Layers[1].Name | Should -BeExactly "d`e[2J`e]0;pwned`a`u{202e}gnp`r`nINJECTED"
        $shown = Get-Shown { $public; $public.Layers; $public | Get-QuantSummary; $public.Layers[1] | Format-List }
        Test-Shown $shown
        $shown | Should -Match ([regex]::Escape('Name        : d\u001b[2J\u001b]0;pwned\u0007\u202egnp\u000d\u000aINJECTED'))
    }
}

Describe 'What is shown of <_>' -ForEach $kinds {
    BeforeAll {
        $object = @($objects[$_])
        $object | Should -Not -BeNullOrEmpty
    }

    It 'has no character that a terminal obeys' {
        Test-Shown (Get-Shown { $object }) 'by itself'
        Test-Shown (Get-Shown { $object | Format-List }) 'Format-List'
        Test-Shown (Get-Shown { $object | Format-Table }) 'Format-Table'
        Test-Shown (Get-Shown { $object | Format-Table -AutoSize }) 'Format-Table -AutoSize'
        Test-Shown (Get-Shown { $object | Format-Wide }) 'Format-Wide'
        foreach ($first in (New-QuantParameter), (Get-Item $PSScriptRoot)) {
            Test-Shown (Get-Shown { $first; $object }) 'behind another type'
        }
        foreach ($one in $object) {
            # Of a dictionary in a cell PowerShell itself prints the keys.
            if ($one -isnot [System.Collections.IDictionary]) {
                Test-Shown (Get-Shown { [pscustomobject]@{ Held = $one } | Format-List }) 'as a property'
                Test-Shown (Get-Shown { [pscustomobject]@{ Held = @($one, 1) } | Format-List }) 'in a list'
            }
            Test-Shown $one.ToString().ReplaceLineEndings("`n") 'as a text'
        }
    }
}

Describe 'A name in a view' {
    It 'is shown whole: <_>' -ForEach 'ModelLayers', 'AkidaLayers', 'QuantErrorRows', 'Distribution', 'SummaryRows', 'Sparsity',
        'QuantCheckRows' {
        $object = $objects[$_]
        foreach ($shown in (Get-Shown { $object }), (Get-Shown { $object | Format-List }), (Get-Shown { New-QuantParameter; $object })) {
            $shown.Contains($shownEvil) | Should -BeTrue
        }
    }

    It 'leaves lists as they were: <_>' -ForEach 'QuantErrorRows', 'SummaryRows', 'AkidaSummaryRows', 'Sparsity', 'Compatibility',
        'RepairChanges', 'OptimizationChange', 'Parts', 'QuantCheckRows', 'Outputs', 'Variables' {
        $one = @($objects[$_])[0]
        $labels = [regex]::Matches((Get-Shown { $one | Format-List }), '(?m)^(\w+) *: ').ForEach({ $_.Groups[1].Value })
        $labels | Should -Be @($one.PSObject.Properties.Name)
    }
}

Describe 'What cmdlets say of names' {
    It 'is escaped in errors' {
        $said = & {
            $model | Get-QuantDistribution -Layer "conv$evil "
            Import-QuantModel "$TestDrive/net.json" -Output "none$evil"
            $refused | Invoke-Quantize -Sample $samples -WarningAction Ignore | ConvertTo-Akida
            Import-SampleSet "$TestDrive/table.csv" -Name "none$evil"
            $quantized | Invoke-QuantModel -Sample ($images)
            $akida | Get-QuantSummary
        } 2>&1
        @($said).Count | Should -BeGreaterThan 3
        $said | Should -BeOfType ([System.Management.Automation.ErrorRecord])
        foreach ($record in $said) {
            Test-Shown $record.ToString() $record.FullyQualifiedErrorId
            Test-Shown $record.CategoryInfo.ToString() $record.FullyQualifiedErrorId
            foreach ($view in 'ConciseView', 'NormalView', 'CategoryView') {
                $ErrorView = $view
                Test-Shown (Get-Shown { $record }) $view
            }
        }
        "$said".Contains($shownEvil) | Should -BeTrue
    }

    It 'is escaped in warnings and verbose messages' {
        $said = & {
            $repairedAgain = $refused | Repair-QuantModel -Verbose
            $repairedAgain | Invoke-Quantize -Sample $samples -Verbose | ConvertTo-Akida -Verbose
            $refused | Invoke-Quantize -Sample $samples -Verbose
            Import-QuantModel "$TestDrive/net.json" -Verbose
        } 3>&1 4>&1 | Where-Object { $_ -is [System.Management.Automation.InformationalRecord] }
        @($said).Count | Should -BeGreaterThan 5
        foreach ($record in $said) {
            Test-Shown $record.Message $record.Message
        }
        "$($said.Message)".Contains($shownEvil) | Should -BeTrue
    }

    It 'is escaped in completions, which write the name' {
        $global:completed = @{ model = $model; akida = $akida; config = $quantized | Get-QuantConfig }
        try {
            foreach ($line in '$global:completed.model | Get-QuantDistribution -Layer conv', '$global:completed.model["conv',
                "`$global:completed.akida['conv", '$global:completed.config.Remove("relu', '$global:completed.config["relu',
                '$global:completed.config.relu', '$global:completed.model | Invoke-Quantize -Config @{ relu') {
                $found = (TabExpansion2 $line $line.Length).CompletionMatches
                $found | Should -HaveCount 1 -Because $line
                Test-Shown $found.ListItemText $line
                Test-Shown $found.ToolTip $line
                Test-Shown $found.CompletionText $line
                $name = $line -match 'relu' ? 'relu' : 'conv'
                & ([scriptblock]::Create($found.CompletionText)) | Should -BeExactly "$name$evil"
                $found.ListItemText | Should -BeExactly "$name$shownEvil"
            }
        }
        finally {
            Remove-Variable completed -Scope Global
        }
    }
}
