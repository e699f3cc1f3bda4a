BeforeDiscovery {
    # For each cmdlet that takes models: what is written behind the model, and the parameters that it binds to.
    $commands = @(
        @{ Name = 'Add-AkidaClass'; Model = 'learner'; Typed = '2'; Named = '-Count 2' }
        @{ Name = 'Add-QuantRescaling'; Model = 'floating'; Typed = '0.5 0.25'; Named = '-Scale 0.5 -Offset 0.25' }
        @{ Name = 'Add-QuantRescaling'; Model = 'floating'; Typed = '1'; Named = '-Scale 1' }
        @{ Name = 'ConvertTo-Akida'; Model = 'quantized'; Typed = '2.0'; Named = '-Version 2.0' }
        @{ Name = 'Get-AkidaSummary'; Model = 'akida'; Typed = ''; Named = '' }
        @{ Name = 'Get-QuantConfig'; Model = 'floating'; Typed = '$scheme'; Named = '-Parameter $scheme' }
        @{ Name = 'Get-QuantDistribution'; Model = 'floating'; Typed = 'stem_conv'; Named = '-Layer stem_conv' }
        @{ Name = 'Get-QuantSummary'; Model = 'quantized'; Typed = ''; Named = '' }
        @{ Name = 'Invoke-AkidaModel'; Model = 'akida'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Invoke-QuantModel'; Model = 'quantized'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Invoke-Quantize'; Model = 'floating'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Measure-AkidaModel'; Model = 'akida'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Measure-QuantError'; Model = 'quantized'; Typed = '$floating -Seed 1'; Named = '-FloatModel $floating -Seed 1' }
        @{ Name = 'Measure-QuantError'; Model = 'quantized'; Typed = '$floating $test'; Named = '-FloatModel $floating -Sample $test' }
        @{ Name = 'Measure-QuantError'; Model = 'quantized'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Measure-QuantModel'; Model = 'quantized'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Optimize-QuantModel'; Model = 'quantized'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Optimize-QuantModel'; Model = 'quantized'; Typed = '$test $floating'; Named = '-Sample $test -FloatModel $floating' }
        @{ Name = 'Resolve-AkidaMapping'; Model = 'akida'; Typed = 'SixNodesIPv2'; Named = '-Device SixNodesIPv2' }
        @{ Name = 'Update-AkidaModel'; Model = 'learner'; Typed = '$test'; Named = '-Sample $test' }
        @{ Name = 'Repair-QuantModel'; Model = 'floating'; Typed = '2.0'; Named = '-Version 2.0' }
        @{ Name = 'New-SampleSet'; Model = 'floating'; Typed = '-Count 2 -Seed 1'; Named = '-Count 2 -Seed 1' }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $floating = Import-QuantModel "$digits/float.h5"
    $akida = ConvertTo-Akida $quantized
    $test = Import-SampleSet "$digits/inputs.npz" -First 4
    $scheme = New-QuantParameter -WeightBits 4
    $bounded = $floating | Repair-QuantModel -Version 1.0 -Sample $test
    $binary = $bounded | Get-QuantConfig
    $binary['block_4_relu'].output_quantizer.bitwidth = 1
    $narrow = $bounded | Invoke-Quantize -Config $binary -Sample $test -WarningAction Ignore
    $extractor = ($narrow | Split-QuantModel block_4_relu)[0] | ConvertTo-Akida -Version 1.0
    $learner = $extractor | Add-AkidaLearningLayer -NumWeights 500 -NumClasses 10
    $prefix = 'AkidaQuant.PowerShell.Commands'
    [System.IO.File]::Copy("$digits/quantized.h5", "$TestDrive/net.h5")
    [System.IO.File]::Copy("$digits/quantized.h5", "$TestDrive/brackets[1].h5")
    [System.IO.File]::Copy("$digits/inputs.npz", "$TestDrive/test.npz")

    # What results say, apart from how long they took.
    function Get-Text([string] $Script) {
        $found = @(& ([scriptblock]::Create($Script)))
        $found.Count
        foreach ($item in $found) {
            switch -Wildcard ($item.GetType().Name) {
                'Prediction' { "$($item.Output)" }
                'Model' {
                    (Get-QuantSummary $item).ToString()
                    (Get-QuantConfig $item).ToString()
                    Get-QuantDistribution $item | ForEach-Object { "$($_.Values)" }
                }
                'AkidaModel' { "$item $($item.Layers[-1].Variables['plasticity'].Values)" }
                'SampleSet' { "$item $((Invoke-QuantModel $floating $item).Score)" }
                'KernelDistribution' { "$($item.Values)" }
                '*Measurement' { "$($item.Count) $($item.Correct)" }
                default { "$item" }
            }
        }
    }

    function Get-Failure([string] $Script) {
        try {
            & ([scriptblock]::Create($Script)) 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
        }
        catch {
            $_
        }
    }
}

Describe 'Arguments by position' {
    It '<Name> takes <Typed> behind the model and behind the pipe' -ForEach $commands {
        $expected = Get-Text "$Name -Model `$$Model $Named"
        $expected.Count | Should -BeGreaterThan 1
        foreach ($script in "$Name `$$Model $Typed", "$Name `$$Model $Named", "$Name $Named `$$Model", "`$$Model | $Name $Typed", "`$$Model | $Name $Named") {
            Get-Text $script | Should -BeExactly $expected -Because $script
        }
    }

    It '<Name> takes several models from the pipe' -ForEach $commands {
        $one = Get-Text "`$$Model | $Name $Typed"
        $two = Get-Text "`$$Model, `$$Model | $Name $Typed"
        $two[0] | Should -Be (2 * $one[0])
        $two.Count | Should -Be (2 * $one.Count - 1)
    }

    It '<Name> refuses nothing, another object, a list, and a model given twice' -ForEach $commands {
        foreach ($value in '$null', '5', "@(`$$Model, `$$Model)", '@{ a = 1 }', '$scheme', '(Get-Process -Id $PID)', '$true') {
            # What is piped as a list comes one by one.
            foreach ($script in @("$Name -Model $value $Named") + @("$value | $Name $Named") -notlike '@(*') {
                $failure = @(Get-Failure $script)
                $failure | Should -HaveCount 1 -Because $script
                "$failure" | Should -Match 'nothing|number|list|hashtable|scheme|another kind|\$true' -Because $script
                if ($script -notmatch '^New-SampleSet -Model [5@]') {
                    $failure.FullyQualifiedErrorId | Should -Match '^ModelArgumentInvalid,' -Because $script
                    "$failure" | Should -BeLike "$Name -Model takes *" -Because $script
                }
            }
        }
        if ($Typed) {
            "$(Get-Failure "`$$Model | $Name -Model `$$Model $Named")" | Should -BeLike "*$Name takes -Model or what is piped to it*"
        }
    }

    It 'refuses one argument too many' {
        foreach ($script in 'Invoke-QuantModel $quantized $test 5', '$quantized | Invoke-QuantModel $test 5', '$floating | Add-QuantRescaling 1 2 3') {
            @(Get-Failure $script) | Should -HaveCount 1 -Because $script
        }
    }

    It 'goes on with the next model where one is wrong' {
        $null, $akida, $quantized | Invoke-QuantModel $test -ErrorAction SilentlyContinue -ErrorVariable failed | Should -HaveCount 4
        $failed.FullyQualifiedErrorId | Should -Be (@("ModelArgumentInvalid,$prefix.InvokeQuantModelCommand") * 2)
    }

    It 'is the same in a steppable pipeline, as in a proxy function' {
        function Invoke-Proxy {
            param([Parameter(ValueFromPipeline)] $Model)
            begin {
                $inner = { Invoke-QuantModel $test }.GetSteppablePipeline()
                $inner.Begin($true)
            }
            process { $inner.Process($Model) }
            end { $inner.End() }
        }
        @($quantized | Invoke-Proxy) | Should -HaveCount 4
    }

    It 'takes the shape of a model' {
        (New-SampleSet -Shape $floating.InputShape -Count 1).SampleShape.ToString() | Should -Be '(28, 28, 1)'
        (New-SampleSet $floating.InputShape 2).Count | Should -Be 2
        (New-SampleSet 28, 28, 1 2).Count | Should -Be 2
        (New-SampleSet $floating 2).Count | Should -Be 2
        foreach ($text in '28,28,1', '28x28x1', '(28, 28, 1)', $floating.InputShape.ToString(), ' 28 X 28 x 1 ') {
            (New-SampleSet -Shape $text -Count 1).SampleShape.ToString() | Should -Be '(28, 28, 1)' -Because $text
            (New-QuantModel -InputShape $text -Layer ReLU).InputShape.ToString() | Should -Be '(28, 28, 1)' -Because $text
        }
        (New-SampleSet -Shape '28', '28', '1' -Count 1).SampleShape.ToString() | Should -Be '(28, 28, 1)'
        (New-SampleSet -Shape '(883,)' -Count '1').SampleShape.ToString() | Should -Be '(883,)'
        (New-SampleSet -InputObject (1..784) -Shape $floating.InputShape).Count | Should -Be 1
        (Import-SampleSet "$digits/inputs.npz" -First 1 -Shape $floating.InputShape).SampleShape.ToString() | Should -Be '(28, 28, 1)'
        (Import-QuantModel "$digits/float.h5" -InputShape $floating.InputShape).InputShape.ToString() | Should -Be '(28, 28, 1)'
    }
}

Describe 'Paths for objects' {
    BeforeAll {
        $expected = (Invoke-QuantModel $quantized (Import-SampleSet "$TestDrive/test.npz")).Score -join ' '
    }

    It 'takes <Case>' -TestCases @(
        @{ Case = 'paths by name'; Script = 'Invoke-QuantModel -Model net.h5 -Sample test.npz' }
        @{ Case = 'paths by position'; Script = 'Invoke-QuantModel net.h5 test.npz' }
        @{ Case = 'wildcards where one file results'; Script = 'Invoke-QuantModel -Model n*.h5 -Sample t*.npz' }
        @{ Case = 'the very name before wildcards'; Script = 'Invoke-QuantModel -Model brackets[1].h5 -Sample test.npz' }
        @{ Case = 'files'; Script = 'Invoke-QuantModel -Model (Get-Item net.h5) -Sample (Get-Item test.npz)' }
        @{ Case = 'files from the pipe'; Script = 'Get-Item net.h5 | Invoke-QuantModel test.npz' }
        @{ Case = 'resolved paths'; Script = 'Resolve-Path net.h5 | Invoke-QuantModel (Resolve-Path test.npz)' }
        @{ Case = 'a list of one file'; Script = 'Invoke-QuantModel net.h5 @(Get-ChildItem *.npz)' }
    ) {
        Push-Location $TestDrive
        try {
            (& ([scriptblock]::Create($Script))).Score -join ' ' | Should -BeExactly $expected
        }
        finally {
            Pop-Location
        }
    }

    It 'takes them in other cmdlets' {
        (Measure-QuantModel "$TestDrive/net.h5" "$TestDrive/test.npz").Count | Should -Be 1000
        (Measure-AkidaModel $akida "$TestDrive/test.npz").Count | Should -Be 1000
        @(Invoke-AkidaModel $akida "$TestDrive/test.npz") | Should -HaveCount 1000
        (Get-QuantSummary "$TestDrive/net.h5").ToString() | Should -BeExactly (Get-QuantSummary $quantized).ToString()
        (New-SampleSet -Model "$TestDrive/net.h5" -Count 2).Count | Should -Be 2
        (Import-SampleSet "$TestDrive/test.npz" -Model "$TestDrive/net.h5").Count | Should -Be 1000
        $calibrated = Invoke-Quantize $floating -Sample "$digits/samples.npz"
        (Get-QuantConfig $calibrated).ToString() |
            Should -BeExactly (Get-QuantConfig (Invoke-Quantize $floating -Sample (Import-SampleSet "$digits/samples.npz"))).ToString()
        "$(Measure-QuantError $calibrated "$digits/float.h5" -Sample "$TestDrive/test.npz" -Mode Weight)" |
            Should -BeExactly "$(Measure-QuantError $calibrated $floating -Sample "$TestDrive/test.npz" -Mode Weight)"
        Export-QuantConfig "$TestDrive/a.json" -Config (Get-QuantConfig $quantized)
        foreach ($config in "$TestDrive/a.json", "$TestDrive/*.json", (Get-Item "$TestDrive/a.json")) {
            (Get-QuantConfig $floating -Config $config).ToString() | Should -BeExactly (Get-QuantConfig $quantized).ToString()
        }
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'several models'; Script = 'Invoke-QuantModel -Model *.h5 -Sample test.npz'; Id = 'PathAmbiguous'; Text = '*.h5*2 files*' }
        @{ Case = 'several sample files'; Script = 'Invoke-QuantModel $quantized *e*'; Id = 'PathAmbiguous'; Text = '*3 files*' }
        @{ Case = 'a model file that is not there'; Script = 'Invoke-QuantModel -Model none.h5 -Sample test.npz'; Id = 'FileNotFound'; Text = '*none.h5*' }
        @{ Case = 'a sample file that is not there'; Script = 'Invoke-QuantModel $quantized none.npz'; Id = 'FileNotFound'; Text = '*none.npz*' }
        @{ Case = 'wildcards that match nothing'; Script = 'Invoke-QuantModel $quantized none*.npz'; Id = 'FileNotFound'; Text = "*none?.npz'. Check the path." }
        @{ Case = 'samples in a file of another kind'; Script = 'Invoke-QuantModel $quantized net.h5'; Id = 'SampleFormatUnknown'; Text = '*.h5*' }
        @{ Case = 'configurations in several files'; Script = 'Get-QuantConfig $floating -Config *'; Id = 'PathAmbiguous'; Text = '*files*' }
    ) {
        Push-Location $TestDrive
        try {
            $failure = Get-Failure $Script
        }
        finally {
            Pop-Location
        }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        "$failure" | Should -BeLike $Text
    }
}

Describe 'Arguments of a wrong kind' {
    It '<Script> says: <Text>' -TestCases @(
        @{ Script = 'Invoke-QuantModel $akida $test'; Id = 'ModelArgumentInvalid'; Text = "*the Akida model*Use Invoke-AkidaModel*" }
        @{ Script = '$akida | Measure-QuantModel $test'; Id = 'ModelArgumentInvalid'; Text = '*Use Measure-AkidaModel*' }
        @{ Script = '$akida | Get-QuantSummary'; Id = 'ModelArgumentInvalid'; Text = '*Use Get-AkidaSummary*' }
        @{ Script = '$akida | ConvertTo-Akida'; Id = 'ModelArgumentInvalid'; Text = '*converted already*' }
        @{ Script = '$akida | Export-QuantModel x.h5'; Id = 'ModelArgumentInvalid'; Text = '*Use Export-AkidaModel*' }
        @{ Script = '$akida | New-SampleSet'; Id = 'ModelArgumentInvalid'; Text = '*-Shape $akida.SampleShape*' }
        @{ Script = '$quantized | Invoke-AkidaModel $test'; Id = 'ModelArgumentInvalid'; Text = '*the quantized model*Invoke-QuantModel*ConvertTo-Akida*' }
        @{ Script = '$floating | Invoke-AkidaModel $test'; Id = 'ModelArgumentInvalid'; Text = '*the float model*Invoke-QuantModel*Invoke-Quantize*ConvertTo-Akida*' }
        @{ Script = 'Measure-AkidaModel net.h5 $test'; Id = 'ModelFormatUnknown'; Text = '*Import-QuantModel reads*ConvertTo-Akida*' }
        @{ Script = 'Invoke-QuantModel $quantized $test | Select-Object -First 1 | ConvertTo-Akida'; Id = 'ModelArgumentInvalid'; Text = '*a prediction*the model itself*' }
        @{ Script = 'Get-QuantSummary $quantized | ConvertTo-Akida'; Id = 'ModelArgumentInvalid'; Text = '*a summary*' }
        @{ Script = 'Get-QuantSummary $quantized | Out-String | Get-QuantSummary'; Id = 'ModelArgumentInvalid'; Text = '*a text of * characters*' }
        @{ Script = 'Invoke-QuantModel $test $quantized'; Id = 'ModelArgumentInvalid'; Text = '*4 samples*the model first*' }
        @{ Script = 'Invoke-QuantModel ($quantized, $quantized) $test'; Id = 'ModelArgumentInvalid'; Text = '*a list of 2 objects. Pipe several*' }
        @{ Script = 'Invoke-QuantModel -Sample $null -Model $quantized'; Id = 'SampleArgumentInvalid'; Text = '*-Sample*nothing ($null)*' }
        @{ Script = 'Invoke-QuantModel $quantized $floating'; Id = 'SampleArgumentInvalid'; Text = '*the float model*' }
        @{ Script = 'Invoke-QuantModel $quantized ([float[]] (1..784))'; Id = 'SampleArgumentInvalid'; Text = '*a list of 784 objects*New-SampleSet -InputObject*' }
        @{ Script = 'Invoke-QuantModel $quantized ($test, $test)'; Id = 'SampleArgumentInvalid'; Text = '*a list of 2 objects*one of them*' }
        @{ Script = 'Invoke-AkidaModel $akida ""'; Id = 'SampleArgumentInvalid'; Text = '*an empty text*' }
        @{ Script = 'Invoke-Quantize $floating $scheme'; Id = 'SampleArgumentInvalid'; Text = '*-Parameter*' }
        @{ Script = 'Invoke-Quantize $floating (Get-QuantConfig $quantized)'; Id = 'SampleArgumentInvalid'; Text = '*a configuration*-Config*' }
        @{ Script = 'Invoke-Quantize $floating -Config $null'; Id = 'ConfigInvalid'; Text = '*nothing ($null)*' }
        @{ Script = 'Invoke-Quantize $floating -Config $scheme'; Id = 'ConfigInvalid'; Text = '*-Parameter*' }
        @{ Script = 'Invoke-Quantize $floating -Parameter 5'; Id = '*'; Text = '*a scheme that New-QuantParameter makes*the number 5*' }
        @{ Script = 'Measure-QuantError $quantized $akida'; Id = 'ModelArgumentInvalid'; Text = '*-FloatModel*the Akida model*' }
        @{ Script = 'Invoke-QuantModel $quantized $test -BatchSize some'; Id = '*'; Text = "*'BatchSize'*a whole number*'some'*" }
        @{ Script = 'Invoke-QuantModel $quantized $test -BatchSize 1.5'; Id = '*'; Text = '*a whole number*1.5*' }
        @{ Script = 'Invoke-QuantModel $quantized $test -BatchSize $null'; Id = '*'; Text = '*a whole number*nothing*' }
        @{ Script = 'Measure-QuantModel $quantized $test -TopK 1, best'; Id = '*'; Text = '*whole numbers*a list of 2*' }
        @{ Script = 'New-QuantParameter -WeightBits many'; Id = '*'; Text = "*'WeightBits'*a whole number*'many'*" }
        @{ Script = 'New-QuantParameter -InputType float'; Id = '*'; Text = "*uint8, int8*'float'*" }
        @{ Script = 'New-SampleSet -Shape $floating'; Id = '*'; Text = '*whole numbers, such as 28, 28, 1*the float model*' }
        @{ Script = 'New-SampleSet -Shape 2.5, 1'; Id = '*'; Text = '*whole numbers*' }
        @{ Script = 'New-SampleSet -InputObject $null'; Id = '*'; Text = '*an array of numbers*' }
        @{ Script = 'Import-QuantModel net.h5 -InputShape large'; Id = '*'; Text = "*whole numbers*'large'*" }
        @{ Script = 'Import-SampleSet test.npz -Delimiter tab'; Id = '*'; Text = "*one character*'tab'*" }
        @{ Script = 'Add-QuantRescaling $floating half'; Id = '*'; Text = "*numbers*'half'*" }
        @{ Script = 'Get-QuantDistribution $floating stem_conv, classifier'; Id = '*'; Text = "*'Layer'*the name of a layer*a list of 2 objects*" }
        @{ Script = 'Invoke-Quantize $floating -Until $null'; Id = '*'; Text = "*'Until'*nothing*" }
        @{ Script = 'ConvertTo-Akida $quantized 1.0, 2.0'; Id = '*'; Text = "*'Version'*a list of 2 objects*" }
        @{ Script = 'Export-QuantModel a.h5, b.h5 -Model $quantized'; Id = '*'; Text = "*'Path'*a list of 2 objects*" }
        @{ Script = 'Import-QuantModel @{ a = 1 }'; Id = '*'; Text = "*'Path'*a hashtable*" }
        @{ Script = 'Import-QuantModel $null'; Id = '*'; Text = "*'Path'*nothing*" }
        @{ Script = '$quantized | Import-QuantModel'; Id = '*'; Text = '*the path of a file*the quantized model*' }
        @{ Script = '$floating | Add-QuantRescaling "0,5"'; Id = '*'; Text = "*numbers*the text '0,5'. A fraction has a point, as in 0.5*" }
        @{ Script = 'New-QuantParameter -WeightBits "1,6"'; Id = '*'; Text = "*a whole number*the text '1,6'.*a list no quotes, as in 1, 5." }
        @{ Script = 'Invoke-QuantModel $quantized $test -BatchSize "1,0"'; Id = '*'; Text = "*a whole number*'1,0'*" }
        @{ Script = 'Invoke-QuantModel $quantized $test -BatchSize "1.6"'; Id = '*'; Text = "*a whole number*'1.6'*" }
        @{ Script = 'Measure-QuantModel $quantized $test -TopK "1,5"'; Id = '*'; Text = "*whole numbers*'1,5'*" }
        @{ Script = 'New-SampleSet -Seed "1,000" -Shape 3'; Id = '*'; Text = "*a whole number that is not negative*'1,000'*" }
        @{ Script = 'New-SampleSet -Shape "8,8.5"'; Id = '*'; Text = "*whole numbers*'8,8.5'*" }
        @{ Script = 'New-SampleSet -Shape "8,8", "3"'; Id = '*'; Text = '*whole numbers*a list of 2*' }
        @{ Script = '$floating | Add-QuantRescaling 0.5 $null'; Id = 'RescalingInvalid'; Text = 'Add-QuantRescaling -Offset takes*nothing*' }
        @{ Script = '$floating | Add-QuantRescaling $null'; Id = 'RescalingInvalid'; Text = 'Add-QuantRescaling -Scale takes*nothing*' }
        @{ Script = '$floating | Invoke-Quantize $test $scheme'; Id = '*'; Text = '*-Sample has an argument already. A scheme goes to -Parameter.*' }
        @{ Script = '$floating | Invoke-Quantize $test @{ a = @{} }'; Id = '*'; Text = '*-Sample has an argument already. A configuration goes to -Config.*' }
        @{ Script = '$test | Invoke-QuantModel -Model $quantized'; Id = '*'; Text = '*-Model or what is piped*samples are not piped but go to -Sample*' }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -Seed -1'; Id = '*'; Text = "*'Seed'*not negative*-1*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -Seed x'; Id = '*'; Text = "*'Seed'*not negative*'x'*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 8.6, 8, 3'; Id = '*'; Text = "*'InputShape'*whole numbers*a list of 3*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape $null'; Id = '*'; Text = "*'InputShape'*whole numbers*nothing*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -Name $null'; Id = '*'; Text = "*'Name'*a name*nothing*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -Name $floating'; Id = '*'; Text = "*'Name'*a name*the float model*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -InputType $null'; Id = '*'; Text = "*'InputType'*such as uint8 or float32*nothing*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -InputName ""'; Id = '*'; Text = "*'InputName'*a name*an empty text*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -Weight $null'; Id = '*'; Text = "*'Weight'*the path of a file*nothing*" }
        @{ Script = 'New-QuantModel -Layer ReLU -InputShape 4 -Weight $floating'; Id = '*'; Text = "*'Weight'*the path of a file*the float model*" }
        @{ Script = 'New-QuantModel -InputShape 4 -Layer $null'; Id = '*'; Text = "*'Layer'*It takes layers*nothing*" }
        @{ Script = 'New-QuantModel -InputShape 4 -Layer @()'; Id = '*'; Text = "*'Layer'*It takes layers*an empty list*" }
        @{ Script = 'New-QuantModel -InputShape 4 -Layer ""'; Id = '*'; Text = "*'Layer'*It takes layers*an empty text*" }
        @{ Script = 'New-QuantModel -InputShape 4 -Layer Flatten, $null'; Id = '*'; Text = "*'Layer'*It takes layers*nothing (`$null) as layer 2.*" }
        @{ Script = 'New-QuantModel @{ Dense = @{ units = 3 } } -InputShape 3'; Id = '*'; Text = "*'Path'*a hashtable. Layers go to -Layer.*" }
        @{ Script = 'New-QuantModel @{ Dense = @{ units = 3 } }, ReLU -InputShape 3'; Id = '*'; Text = "*'Path'*a hashtable. Layers go to -Layer.*" }
        @{ Script = 'Measure-QuantError $quantized $test -Sample $test'; Id = 'ModelArgumentInvalid'; Text = '*-FloatModel*4 samples*-Sample has samples already*' }
        @{ Script = 'Measure-QuantError $test $quantized'; Id = 'ModelArgumentInvalid'; Text = '*-Model*the model first*' }
        @{ Script = 'Export-QuantModel $quantized x.h5'; Id = '*'; Text = '*the path of a file*the quantized model*' }
    ) {
        $failure = Get-Failure $Script
        $failure | Should -Not -BeNullOrEmpty
        $failure | Should -HaveCount 1
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,$prefix.*"
        "$failure" | Should -BeLike $Text
        "$failure" | Should -Not -Match 'System\.|AkidaQuant\.|Object\['
    }

    It 'ends the command for what is typed, and writes an error for what is piped' {
        { Invoke-QuantModel $akida $test -ErrorAction SilentlyContinue } | Should -Throw
        { $akida | Invoke-QuantModel $test -ErrorAction SilentlyContinue } | Should -Not -Throw
        { $quantized | Invoke-QuantModel 5 -ErrorAction SilentlyContinue } | Should -Throw
    }
}

Describe 'Warnings' {
    It 'do not come before an error' {
        $floating | ConvertTo-Akida -InputScaling 255, 0 -WarningVariable warned -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed | Should -HaveCount 1
        $warned | Should -BeNullOrEmpty
    }
}
