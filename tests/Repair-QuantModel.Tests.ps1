BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $floating = Import-QuantModel "$digits/float.h5"
    $type = 'AkidaQuant.PowerShell.Commands.RepairQuantModelCommand'
    $layers = @(
        @{ Conv2D = @{ filters = 4; kernel_size = 3; name = 'stem' } }
        @{ ReLU = @{ name = 'stem_relu' } }
        @{ SeparableConv2D = @{ filters = 6; kernel_size = 3; name = 'first' } }
        @{ ReLU = @{ name = 'first_relu' } }
        @{ SeparableConv2D = @{ filters = 5; kernel_size = 3; name = 'second' } }
        @{ ReLU = @{ name = 'second_relu' } }
    )
    $broken = New-QuantModel -Name broken -InputShape 12, 12, 3 -Seed 1 -Layer $layers
    $samples = New-SampleSet -Model $broken -Count 8 -Seed 1
    $null = $broken | Export-QuantModel "$TestDrive/broken.h5"
    $null = $broken | Export-QuantModel "$TestDrive/open.yaml" -IncludeWeight
    $text = [System.IO.File]::ReadAllText("$TestDrive/open.yaml").Replace('[12, 12, 3]', '[-1, -1, 3]')
    [System.IO.File]::WriteAllText("$TestDrive/open.yaml", $text)
    $open = New-QuantModel "$TestDrive/open.yaml"

    function Get-Output($Model) {
        "$(($Model | Invoke-QuantModel $samples).Output)"
    }
}

Describe 'Repair-QuantModel' {
    It 'makes a network that is refused into one that converts and computes the same' {
        { $broken | Invoke-Quantize -Sample $samples | ConvertTo-Akida -ErrorAction Stop } | Should -Throw -ErrorId AkidaPatternUnknown*
        $repaired = $broken | Repair-QuantModel
        $repaired | Should -BeOfType 'AkidaQuant.Model'
        $repaired.IsQuantized | Should -BeFalse
        Get-Output $repaired | Should -BeExactly (Get-Output $broken)
        $quantized = $repaired | Invoke-Quantize -Sample $samples
        "$(($quantized | ConvertTo-Akida | Invoke-AkidaModel $samples).Output)" | Should -BeExactly (Get-Output $quantized)
    }

    It 'takes a network over rows in time to an Akida model, and the warning of Invoke-Quantize names it' {
        $words = New-QuantModel -Name words -InputShape 40, 10 -Seed 1 -Layer @(
            @{ Conv1D = @{ filters = 8; kernel_size = 3; padding = 'causal' } }
            @{ BatchNormalization = @{} }
            @{ ReLU = @{} }
            @{ GaussianNoise = @{ stddev = 0.1; name = 'noise' } }
            @{ MaxPooling1D = @{} }
            @{ Conv1D = @{ filters = 8; kernel_size = 3; padding = 'same' } }
            @{ ReLU = @{} }
            @{ GlobalAveragePooling1D = @{} }
            @{ Dense = @{ units = 4 } }
        )
        $rows = New-SampleSet -Model $words -Count 8 -Seed 1
        $null = $words | Invoke-Quantize -Sample $rows -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike "*stops at layer 'noise'*Repair-QuantModel gives 'noise' a form in integers that computes the same.*"
        $quantized = $words | Repair-QuantModel | Invoke-Quantize -Sample $rows
        $outputs = "$(($quantized | Invoke-QuantModel $rows).Output)"
        "$(($quantized | ConvertTo-Akida | Invoke-AkidaModel $rows).Output)" | Should -BeExactly $outputs
    }

    It 'leaves the network that came in as it was' {
        $before = "$($broken | Invoke-Quantize -Sample $samples | Get-QuantConfig)"
        $null = $broken | Repair-QuantModel
        $broken.Repair | Should -BeNullOrEmpty
        "$($broken | Invoke-Quantize -Sample $samples | Get-QuantConfig)" | Should -BeExactly $before
    }

    It 'gives back the same object where nothing is to do' {
        [object]::ReferenceEquals(($floating | Repair-QuantModel), $floating) | Should -BeTrue
        $repaired = $broken | Repair-QuantModel
        [object]::ReferenceEquals(($repaired | Repair-QuantModel), $repaired) | Should -BeTrue
    }

    It 'says what was changed, as objects' {
        $report = ($broken | Repair-QuantModel).Repair
        $report | Should -BeOfType 'AkidaQuant.RepairReport'
        $report.Version | Should -Be 2
        $report.Left | Should -BeNullOrEmpty
        "$report" | Should -BeExactly '2 changes for Akida 2.0'
        $report.Changes | Should -BeOfType 'AkidaQuant.RepairChange'
        $report.Changes.Layer | Should -Be 'first', 'second'
        $report.Changes.Rule | Should -Be 'AkidaPatternUnknown', 'AkidaPatternUnknown'
        $report.Changes.AddedMacs | Should -Be 0, 0
        $report.Changes.IsOwnForm | Should -Be $false, $false
        $report.Changes[0].Action | Should -BeExactly "leaves its depthwise half to the new layer 'first_depthwise'"
        @($report.Changes | ConvertTo-Csv).Count | Should -Be 3
    }

    It 'says each change with -Verbose' {
        $all = $broken | Repair-QuantModel -Verbose 4>&1
        $said = @($all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }).Message
        foreach ($layer in 'first', 'second') {
            $said | Should -Contain "Repaired: '$layer' leaves its depthwise half to the new layer '${layer}_depthwise' (AkidaPatternUnknown)."
        }
    }

    It 'warns of what is still refused, and lists it' {
        # Akida 1.0 networks are chains.
        $branch = New-QuantModel -Name branch -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
            @{ Conv2D = @{ name = 'first'; filters = 4; kernel_size = 3; padding = 'same' } }
            @{ ReLU = @{ name = 'relu' } }
            @{ Conv2D = @{ name = 'left'; filters = 4; kernel_size = 3; padding = 'same' } }
            @{ Conv2D = @{ name = 'right'; filters = 4; kernel_size = 3; padding = 'same'; inputs = 'relu' } }
            @{ Add = @{ name = 'sum'; inputs = 'left', 'right' } }
        )
        $same = $branch | Repair-QuantModel 1.0 -Sample ($branch | New-SampleSet -Count 4 -Seed 1) -WarningAction SilentlyContinue -WarningVariable warnings
        @($warnings).Count | Should -Be 1
        "$warnings" | Should -BeLike "'branch' still breaks rules of Akida 1.0, * in all, the first: *"
        ($branch | Test-AkidaModel 1.0).Rule -join ' ' | Should -BeLike '*AkidaV1Branch*'
        if ($same.Repair) {
            $same.Repair.Left.Count | Should -BeGreaterThan 0
        }
    }

    It 'takes the model by position, by name, by path or from the pipe, and the version behind it' {
        $expected = Get-Output ($broken | Repair-QuantModel)
        Get-Output (Repair-QuantModel $broken) | Should -BeExactly $expected
        Get-Output (Repair-QuantModel "$TestDrive/broken.h5" 2.0) | Should -BeExactly $expected
        Get-Output ($broken | Repair-QuantModel 2) | Should -BeExactly $expected
        Get-Output (Repair-QuantModel -Version 2.0 -Model $broken -Samples $samples -ThrottleLimit 1) | Should -BeExactly $expected
        @($broken, $floating | Repair-QuantModel).Name | Should -Be 'broken', 'mnist_ds_cnn'
    }

    It 'judges the network as -Parameter quantizes it' {
        $odd = New-QuantParameter -WeightBits 5
        $null = $floating | Repair-QuantModel -Parameter $odd -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*still breaks*5 bits*'
    }

    It 'gives a network whose file is the repaired network' {
        $repaired = $broken | Repair-QuantModel
        $null = $repaired | Export-QuantModel "$TestDrive/repaired.h5"
        $read = Import-QuantModel "$TestDrive/repaired.h5"
        $read.Layers.Name | Should -Be $repaired.Layers.Name
        Get-Output $read | Should -BeExactly (Get-Output $repaired)
        $read.Repair | Should -BeNullOrEmpty
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a quantized model'; Script = '$floating | Invoke-Quantize -Sample $test | Repair-QuantModel'; Id = 'AlreadyQuantized'; Text = '*is quantized. Repair the float network*' }
        @{ Case = 'an Akida model'; Script = '$floating | Invoke-Quantize -Sample $test | ConvertTo-Akida | Repair-QuantModel'; Id = 'ModelArgumentInvalid'; Text = '*Akida model*' }
        @{ Case = 'a text that is no path'; Script = 'Repair-QuantModel none.h5'; Id = 'FileNotFound'; Text = '*none.h5*' }
        @{ Case = 'an open input without samples'; Script = '$open | Repair-QuantModel'; Id = 'InputShapeUnknown'; Text = '*Give samples*' }
        @{ Case = 'samples that are none'; Script = '$broken | Repair-QuantModel -Sample $broken'; Id = 'SampleArgumentInvalid'; Text = '*' }
        @{ Case = 'samples of another shape'; Script = '$broken | Repair-QuantModel -Sample $test'; Id = 'SampleShapeMismatch'; Text = '*(28, 28, 1)*' }
        @{ Case = 'another version'; Script = '$broken | Repair-QuantModel 3.0'; Id = '*'; Text = '*Version*1.0*2.0*' }
        @{ Case = 'no threads'; Script = '$broken | Repair-QuantModel -ThrottleLimit 0'; Id = '*'; Text = '*ThrottleLimit*' }
    ) {
        $test = Import-SampleSet "$digits/inputs.npz" -First 4
        $failure = try { & ([scriptblock]::Create($Script)) 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } } catch { $_ }
        $failure | Should -HaveCount 1
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,$type"
        "$failure" | Should -BeLike $Text
    }

    It 'takes the size of a network that leaves it open from samples' {
        $repaired = $open | Repair-QuantModel -Sample $samples
        "$($repaired.InputShape)" | Should -BeExactly "$($broken.InputShape)"
    }

    It 'completes versions' {
        $line = '$broken | Repair-QuantModel -Version '
        $completed = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
        $completed.CompletionMatches.CompletionText | Should -Contain '2.0'
    }
}
