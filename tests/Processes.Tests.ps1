BeforeAll {
    $manifest = (Resolve-Path "$PSScriptRoot/../AkidaQuant.psd1").Path
    Import-Module $manifest
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $float = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $integer = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_resnet_int8/quantized.onnx"
    $akida = $quantized | ConvertTo-Akida
    $samples = Import-SampleSet "$digits/inputs.npz" -First 12

    function Get-RoundTrip($Value) {
        [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($Value))
    }

    # The outputs of all samples as one text.
    function Get-Output($Model, $Sample = $samples) {
        $outputs = if ($Model.PSTypeNames[0] -like '*AkidaModel') { $Model | Invoke-AkidaModel -Sample $Sample } else { $Model | Invoke-QuantModel -Sample $Sample }
        $outputs.Output -join ' '
    }
}

Describe 'Objects that go through the serializer of jobs and remoting' {
    It 'arrive whole where the module is loaded: <_>' -ForEach 'float', 'quantized', 'integer', 'akida' {
        $model = Get-Variable $_ -ValueOnly
        $arrived = Get-RoundTrip $model
        $arrived.GetType() | Should -Be $model.GetType()
        Get-Output $arrived | Should -Be (Get-Output $model)
        ($arrived | Out-String) | Should -Be ($model | Out-String)
    }

    It 'are samples with their type, labels, names and classes' {
        $named = New-SampleSet -InputObject ([sbyte[]] (1, -2, 3, -4)) -Shape 2 -Label 1, 0 -Name a, b
        foreach ($set in $samples, $named, $named[1]) {
            $arrived = Get-RoundTrip $set
            $arrived | Should -BeOfType 'AkidaQuant.SampleSet'
            $arrived.DType | Should -Be $set.DType
            $arrived.Labels | Should -Be $set.Labels
            $arrived.Names | Should -Be $set.Names
            $arrived.Source | Should -Be $set.Source
            $arrived.Values(0) | Should -Be $set.Values(0)
            ($arrived | Out-String) | Should -Be ($set | Out-String)
        }
    }

    It 'never turn an input of bytes into floats' {
        (Get-RoundTrip $quantized | Out-String) | Should -Match 'uint8'
        (Get-RoundTrip $quantized).Input.Type | Should -Be 'UInt8'
    }

    It 'are models that remember their float network' {
        $again = $float | Invoke-Quantize -Sample $samples
        $arrived = Get-RoundTrip $again
        $config = $arrived | Get-QuantConfig
        $one = Get-Output ($arrived | Invoke-Quantize -Config $config -Sample $samples)
        $one | Should -Be (Get-Output ($again | Invoke-Quantize -Config $config -Sample $samples))
    }

    It 'are models that remember how they were optimized' {
        $optimized = $float | Invoke-Quantize -Sample $samples | Optimize-QuantModel $samples -WarningAction SilentlyContinue
        $arrived = Get-RoundTrip $optimized
        $arrived.Optimization | Should -BeOfType 'AkidaQuant.OptimizationReport'
        "$($arrived.Optimization)" | Should -BeExactly "$($optimized.Optimization)"
        "$($arrived.Optimization.Changes)" | Should -BeExactly "$($optimized.Optimization.Changes)"
        Get-Output $arrived | Should -Be (Get-Output $optimized)
    }

    It 'are schemes and configurations that can be used again' {
        $scheme = New-QuantParameter -WeightBits 4 -InputType int8 -LastOutputBits 6
        Get-RoundTrip $scheme | Should -Be $scheme
        $config = $quantized | Get-QuantConfig
        $first = $float | Invoke-Quantize -Config $config -Sample $samples
        $second = $float | Invoke-Quantize -Config (Get-RoundTrip $config) -Sample $samples
        Get-Output $second | Should -Be (Get-Output $first)
    }

    It 'are predictions and measurements with their values' {
        $prediction = @($quantized | Invoke-QuantModel -Sample $samples)[3]
        $arrived = Get-RoundTrip $prediction
        $arrived.Class | Should -Be $prediction.Class
        $arrived.Output | Should -Be $prediction.Output
        (Get-RoundTrip ($quantized | Measure-QuantModel -Sample $samples)).Accuracy | Should -Be 1
        (Get-RoundTrip ($quantized | Get-QuantSummary)).ToString() | Should -Be ($quantized | Get-QuantSummary).ToString()
    }

    It 'show nothing of how they travel' {
        ($quantized | Get-Member).Name | Should -Not -Contain 'AkidaQuantContent'
        ($samples | Format-List * | Out-String) | Should -Not -Match 'AkidaQuantContent'
        $samples.PSObject.Properties.Name | Should -Not -Contain 'AkidaQuantContent'
    }

    It 'are rows and layers whose lists show their names' {
        $summary = $quantized | Get-QuantSummary
        foreach ($rows in $summary.Rows, $quantized.Layers, $quantized.Nodes, $quantized.Check.Rows, $akida.Layers, ($float | Test-AkidaModel)) {
            $row = @($rows)[0]
            if ($null -ne $row) {
                $arrived = Get-RoundTrip $row
                foreach ($property in 'Name', 'Layer', 'Model', 'Type', 'Kind') {
                    if ($row.$property -is [string] -and $row.$property) {
                        $arrived.$property | Should -Be $row.$property
                        $isListed = ($row | Format-List | Out-String) -match "(?m)^$property *:"
                        ($arrived | Format-List | Out-String) -match "(?m)^$property *: *$([regex]::Escape($row.$property))" | Should -Be $isListed
                    }
                }
            }
        }
    }

    It 'say what is wrong at their first use when they are not whole' {
        $text = [System.Management.Automation.PSSerializer]::Serialize($quantized)
        foreach ($change in @(
            @{ Pattern = '<BA N="AkidaQuantContent">.*?</BA>'; By = ''; Message = "*'mnist_ds_cnn (20 layers)' did not arrive whole*Import-Module*" }
            @{ Pattern = '<BA N="AkidaQuantContent">....'; By = '<BA N="AkidaQuantContent">AAAA'; Message = '*cannot be put together*same version*' }
            @{ Pattern = '<BA N="AkidaQuantContent">.*?</BA>'; By = '<S N="AkidaQuantContent">It was too large.</S>'; Message = '*did not arrive whole*It was too large.*' }
        )) {
            $arrived = [System.Management.Automation.PSSerializer]::Deserialize(($text -replace $change.Pattern, $change.By))
            $arrived.PSTypeNames[0] | Should -Be 'Deserialized.AkidaQuant.Model'
            { Invoke-QuantModel -Model $arrived -Sample $samples -ErrorAction Stop } | Should -Throw $change.Message
            { $arrived | Invoke-QuantModel -Sample $samples -ErrorAction Stop } | Should -Throw $change.Message
        }
    }
}

Describe 'Export-Clixml and Import-Clixml' {
    It 'keep models and samples in a file' {
        $quantized, $akida, $samples | Export-Clixml "$TestDrive/all.xml"
        $read = Import-Clixml "$TestDrive/all.xml"
        Get-Output $read[0] $read[2] | Should -Be (Get-Output $quantized)
        Get-Output $read[1] $read[2] | Should -Be (Get-Output $akida)
    }
}

Describe 'Objects that arrive before the module is loaded' {
    BeforeAll {
        # Runs a script in a session in which a file of Export-Clixml was read, as $arrived, before the module was imported.
        function Invoke-Late([string] $Path, [string] $Script, $Real) {
            $session = [powershell]::Create([System.Management.Automation.RunspaceMode]::NewRunspace)
            try {
                $text = "param(`$path, `$manifest, `$real) `$arrived = Import-Clixml `$path; Import-Module `$manifest; $Script"
                $session.AddScript($text).AddArgument($Path).AddArgument($manifest).AddArgument($Real).Invoke()
                $session.Streams.Error | Should -BeNullOrEmpty
            }
            finally {
                $session.Dispose()
            }
        }
    }

    It 'have each property of the object itself, and its view: <_>' -ForEach 'float', 'quantized', 'integer', 'akida', 'samples', 'scheme' {
        $scheme = New-QuantParameter -WeightBits 4 -InputType int8 -LastOutputBits 6
        $real = Get-Variable $_ -ValueOnly
        $real | Export-Clixml "$TestDrive/late.xml"
        $said = Invoke-Late "$TestDrive/late.xml" -Real $real {
            $arrived.PSTypeNames[0]
            foreach ($object in $real, $arrived) {
                $real.PSObject.Properties.Name.ForEach({ "$($_): $($object.$_)" }) -join "`n"
                $object | Out-String
            }
            & { Get-Item .; $arrived } | Out-String
        }
        $said[0] | Should -Be "Deserialized.$($real.GetType().FullName)"
        $said[3] | Should -Be $said[1]
        $said[4] | Should -Be $said[2]
        $said[5] | Should -Not -Match 'AkidaQuantContent'
    }

    It 'are read once, become the object itself by -as, and can be sent on' {
        $quantized | Export-Clixml "$TestDrive/late.xml"
        $said = Invoke-Late "$TestDrive/late.xml" {
            [object]::ReferenceEquals($arrived.Layers, $arrived.Layers)
            $arrived.Layers['stem_relu'].Bitwidth
            ($arrived -as [AkidaQuant.Model])['stem_relu'].Bitwidth
            [System.Management.Automation.PSSerializer]::Serialize($arrived)
        }
        $said[0..2] | Should -Be $true, 8, 8
        $sent = [System.Management.Automation.PSSerializer]::Deserialize($said[3])
        $sent | Should -BeOfType 'AkidaQuant.Model'
        Get-Output $sent | Should -Be (Get-Output $quantized)
        $samples | Export-Clixml "$TestDrive/late.xml"
        Invoke-Late "$TestDrive/late.xml" { ($arrived -as [AkidaQuant.SampleSet])[0..2].Count } | Should -Be 3
    }

    It 'say that they did not arrive whole, and their view claims nothing: <_>' -ForEach 'quantized', 'akida', 'samples' {
        $real = Get-Variable $_ -ValueOnly
        $text = [System.Management.Automation.PSSerializer]::Serialize($real) -replace '<BA N="AkidaQuantContent">[^<]*</BA>'
        Set-Content "$TestDrive/late.xml" $text
        $property = @{ quantized = 'IsQuantized'; akida = 'Macs'; samples = 'SampleShape' }[$_]
        $said = Invoke-Late "$TestDrive/late.xml" "`$arrived.$property; `$arrived | Out-String"
        $said[0] | Should -BeLike "'$real' did not arrive whole*Import-Module*"
        $said[1] | Should -Match 'unknown'
        $said[1] | Should -Not -Match 'float|\bu?int\b|True|False|did not'
    }
}

Describe 'Start-Job' {
    It 'shows what $using: brings as it is, though it arrives before the import' {
        $received = Start-Job {
            Import-Module $using:manifest
            $model = $using:quantized
            $set = $using:samples
            $model | Out-String
            $model.Layers.Count
            $model.IsQuantized
            $model.Layers['stem_relu'].Bitwidth
            $set.SampleShape.ToString()
            $set.Labels.Count
            ($model -as [AkidaQuant.Model])['stem_relu'].Bitwidth
        } | Receive-Job -Wait -AutoRemoveJob
        $received[0].Trim() | Should -Match 'mnist_ds_cnn\s+20\s+\(28, 28, 1\)\s+uint8'
        $received[1..6] | Should -Be 20, $true, 8, '(28, 28, 1)', 12, 8
    }

    It 'takes objects with $using: and gives objects back, which are themselves again' {
        $scheme = New-QuantParameter -WeightBits 4
        $config = $quantized | Get-QuantConfig
        $config.Remove('stem_conv')
        $job = Start-Job {
            Import-Module $using:manifest
            @($using:quantized | Invoke-QuantModel -Sample $using:samples).Output -join ' '
            @(Invoke-AkidaModel -Model $using:akida -Sample $using:samples).Output -join ' '
            $made = $using:float | Invoke-Quantize -Parameter $using:scheme -Config $using:config -Sample $using:samples
            $made
            $made | ConvertTo-Akida
            $using:samples
            $made | Get-QuantConfig
        }
        $received = $job | Receive-Job -Wait -AutoRemoveJob
        $received | Should -HaveCount 6
        $received[0] | Should -Be (Get-Output $quantized)
        $received[1] | Should -Be (Get-Output $akida)
        $here = $float | Invoke-Quantize -Parameter $scheme -Config $config -Sample $samples
        $received[2] | Should -BeOfType 'AkidaQuant.Model'
        $received[3] | Should -BeOfType 'AkidaQuant.AkidaModel'
        $received[4] | Should -BeOfType 'AkidaQuant.SampleSet'
        Get-Output $received[2] $received[4] | Should -Be (Get-Output $here)
        Get-Output $received[3] $received[4] | Should -Be (Get-Output $here)
        Get-Output ($float | Invoke-Quantize -Config $received[5] -Sample $samples) | Should -Be (Get-Output $here)
    }

    It 'takes objects as arguments and as input, with the module loaded before they arrive' {
        $job = $samples | Start-Job -InitializationScript ([scriptblock]::Create("Import-Module '$manifest'")) {
            param($Model)
            $arrived = @($input)[0]
            $arrived.PSTypeNames[0]
            @($Model | Invoke-QuantModel -Sample $arrived).Output -join ' '
        } -ArgumentList $quantized
        $received = $job | Receive-Job -Wait -AutoRemoveJob
        $received[0] | Should -Be 'AkidaQuant.SampleSet'
        $received[1] | Should -Be (Get-Output $quantized)
    }
}

Describe 'ForEach-Object -Parallel' {
    It 'runs models that several runspaces share, each with the module imported as the README does' {
        Push-Location "$PSScriptRoot/.."
        try {
            $outputs = 1..8 | ForEach-Object -ThrottleLimit 4 -Parallel {
                Import-Module ./AkidaQuant.psd1
                @($using:quantized | Invoke-QuantModel -Sample $using:samples).Output -join ' '
                [AkidaQuant.Model].Name
            }
        }
        finally {
            Pop-Location
        }
        @($outputs | Where-Object { $_ -eq (Get-Output $quantized) }) | Should -HaveCount 8
        @($outputs -eq 'Model') | Should -HaveCount 8
    }

    It 'leaves the other runspaces the module when one removes it' {
        $outputs = 1..6 | ForEach-Object -ThrottleLimit 6 -Parallel {
            Import-Module $using:manifest
            Import-Module $using:manifest -Force
            @($using:quantized | Invoke-QuantModel -Sample $using:samples).Count
            Remove-Module AkidaQuant
        }
        $outputs | Should -Be @(12, 12, 12, 12, 12, 12)
        [AkidaQuant.Model].Name | Should -Be 'Model'
        (Get-Output $quantized).Length | Should -BeGreaterThan 0
    }

    It 'imports for the first time in several runspaces at once' {
        # A process of its own, which has not imported before.
        $job = Start-Job {
            $manifest, $digits = $using:manifest, $using:digits
            1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:manifest -ErrorAction Stop
                $model = Import-QuantModel "$using:digits/quantized.h5"
                @($model | Invoke-QuantModel -Sample (Import-SampleSet "$using:digits/inputs.npz" -First 3)).Count
                [AkidaQuant.Model].Name
            }
        }
        $received = $job | Receive-Job -Wait -AutoRemoveJob
        @($received -eq 3) | Should -HaveCount 8
        @($received -eq 'Model') | Should -HaveCount 8
    }
}
