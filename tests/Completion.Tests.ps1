BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $vectors = "$PSScriptRoot/vectors/keras"
    $folder = "$TestDrive/models"
    $null = New-Item $folder -ItemType Directory
    Copy-Item "$vectors/tutorial_1_params/float.h5" "$folder/net work.h5"
    Push-Location $folder
    $model = Import-QuantModel './net work.h5'
    $global:completed = @{
        model  = $model
        config = Get-QuantConfig $model
        akida  = Import-QuantModel "$vectors/conv_k3_s1_same/quantized.h5" | ConvertTo-Akida
    }
    $layers = 'rescale', 'input_conv', 'dw_conv', 'pw_conv', 'relu', 'dense'
    $quantizerKeys = 'bitwidth', 'signed', 'axis', 'scale_bits', 'buffer_bitwidth'

    # The line that the first completion makes, and all completions.
    function Complete([string] $Line, [int] $Column = $Line.Length) {
        $found = TabExpansion2 $Line $Column
        $texts = @($found.CompletionMatches.CompletionText)
        [pscustomobject]@{
            Texts = $texts
            Line  = if ($texts) { $Line.Remove($found.ReplacementIndex, $found.ReplacementLength).Insert($found.ReplacementIndex, $texts[0]) }
        }
    }
}

AfterAll {
    Pop-Location
    Remove-Variable completed -Scope Global
}

Describe 'Tab completion' {
    It 'names the layers behind an import that has not run: <Line>' -TestCases @(
        @{ Line = "Import-QuantModel './net work.h5' | Get-QuantDistribution -Layer " }
        @{ Line = "Import-QuantModel -LiteralPath './net work.h5' | Invoke-Quantize -Until " }
        @{ Line = "Import-QuantModel './net work.h5' | Invoke-Quantize | Get-QuantDistribution -Layer " }
        @{ Line = "'./net work.h5' | Import-QuantModel | Invoke-Quantize -Until " }
        @{ Line = "Import-QuantModel './net work.h5' | Invoke-Quantize `$samples -Until " }
        @{ Line = "Import-QuantModel './net work.h5' | Optimize-QuantModel `$samples -Effort Full -Until " }
        @{ Line = "(Import-QuantModel './net work.h5') | Get-QuantConfig -Until " }
        @{ Line = "Get-QuantConfig (Import-QuantModel './net work.h5') -Until " }
        @{ Line = 'Import-QuantModel "$folder/net work.h5" | Get-QuantConfig -Until ' }
        @{ Line = '$global:completed.model | Get-QuantConfig -Until ' }
    ) {
        (Complete $Line).Texts | Should -BeExactly $layers
        (Complete "${Line}dw").Texts | Should -BeExactly 'dw_conv'
    }

    It 'names the layers that an import can end with' {
        (Complete "Import-QuantModel './net work.h5' -Output ").Texts | Should -BeExactly $layers
        (Complete "Import-QuantModel './net work.h5' -Output relu, dw").Texts | Should -BeExactly 'dw_conv'
    }

    It 'is silent where there is no such file, or no model in it' {
        Set-Content broken.h5 'no model'
        foreach ($file in 'none.h5', 'broken.h5') {
            $Error.Clear()
            (Complete "Import-QuantModel $file | Get-QuantDistribution -Layer ").Texts | Should -Not -Contain 'relu'
            $Error | Should -BeNullOrEmpty
        }
    }

    It 'reads a file again when it changed' {
        Copy-Item './net work.h5' changed.h5
        $line = 'Import-QuantModel changed.h5 | Get-QuantDistribution -Layer '
        (Complete $line).Texts | Should -Contain 'pw_conv'
        Copy-Item "$vectors/conv_k3_s1_same/quantized.h5" changed.h5
        (Get-Item changed.h5).LastWriteTimeUtc = [datetime]::UtcNow.AddHours(1)
        (Complete $line).Texts | Should -Not -Contain 'pw_conv'
        (Complete $line).Texts | Should -Contain 'conv_a'
    }

    It 'names the keys of a configuration in its methods, brackets and members' {
        (Complete '$completed.config.Remove("').Texts | Should -BeExactly '"input_conv"', '"dw_conv"', '"pw_conv"', '"relu"', '"dense"'
        (Complete '$completed.config.Remove("re').Line | Should -BeExactly '$completed.config.Remove("relu"'
        (Complete '$completed.config.Remove("re")' 28).Line | Should -BeExactly '$completed.config.Remove("relu")'
        (Complete '$completed.config.relu.ContainsKey(''o').Line | Should -BeExactly '$completed.config.relu.ContainsKey(''output_quantizer'''
        (Complete '$completed.config["re').Texts | Should -BeExactly "'relu'"
        (Complete '$completed.config.rel').Texts | Should -BeExactly 'relu'
    }

    It 'names the layers of a model in its brackets' {
        (Complete '$completed.akida["').Texts | Should -BeExactly '"conv_a"', '"conv_b"', '"dequantizer_1"'
        (Complete '$completed.akida[''conv_b').Line | Should -BeExactly '$completed.akida[''conv_b'''
        (Complete '$completed.model["').Texts | Should -Contain '"dense"'
    }

    It 'names layers, and then settings, in a hashtable that becomes a configuration' {
        (Complete '$completed.model | Get-QuantConfig -Config @{ ').Texts | Should -BeExactly $layers
        (Complete "Import-QuantModel './net work.h5' | Invoke-Quantize -Config @{ re").Texts | Should -BeExactly 'rescale', 'relu'
        (Complete 'Get-QuantConfig -Model $completed.model -Config @{ relu = @{}; ').Texts | Should -Not -Contain 'relu'
        $line = 'Get-QuantConfig $completed.model -Config @{ relu = @{ '
        (Complete $line).Texts | Should -Contain 'output_quantizer'
        (Complete "${line}out").Line | Should -BeExactly "${line}output_quantizer"
        (Complete "${line}output_quantizer = @{ ").Texts | Should -BeExactly $quantizerKeys
        (Complete "${line}output_quantizer = @{ axis = 'per-axis'; s").Texts | Should -BeExactly 'signed', 'scale_bits'
        (Complete "${line}output_quantizer = @{ } } }" ($line.Length + 22)).Texts | Should -BeExactly $quantizerKeys
        (Complete '$completed.config.relu.output_quantizer = @{ ').Texts | Should -BeExactly $quantizerKeys
        (Complete '[AkidaQuant.QuantConfig]@{ any = @{ weight_quantizer = @{ b').Texts | Should -BeExactly 'bitwidth'
    }

    It 'leaves all else to the completion that was there' {
        (Complete 'Get-ChildI').Texts | Should -BeExactly 'Get-ChildItem'
        (Complete '@{ a = 1 }.Rem').Texts | Should -Contain 'Remove('
        (Complete 'Get-Item -Path @{ ').Texts | Should -Not -Contain 'relu'
        $tokens = $errors = $null
        $line = '$completed.config.Remove("re'
        $ast = [System.Management.Automation.Language.Parser]::ParseInput($line, [ref] $tokens, [ref] $errors)
        $cursor = $ast.Extent.EndScriptPosition
        (TabExpansion2 $ast $tokens $cursor).CompletionMatches.CompletionText | Should -BeExactly '"relu"'
        $line = 'Get-ChildI'
        $ast = [System.Management.Automation.Language.Parser]::ParseInput($line, [ref] $tokens, [ref] $errors)
        (TabExpansion2 $ast $tokens $ast.Extent.EndScriptPosition @{}).CompletionMatches.CompletionText | Should -BeExactly 'Get-ChildItem'
    }

    It 'gives TabExpansion2 back when the module is removed' {
        $session = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try {
            $null = $session.AddScript({
                param($Manifest)
                $before = (Get-Command TabExpansion2).Definition
                Import-Module $Manifest
                Import-Module $Manifest -Force
                $during = (Get-Command TabExpansion2).Definition
                Remove-Module AkidaQuant
                ($during -ne $before), ((Get-Command TabExpansion2).Definition -eq $before)
                Import-Module $Manifest
                function global:TabExpansion2 { 'another' }
                Remove-Module AkidaQuant
                TabExpansion2
            }).AddArgument((Resolve-Path "$PSScriptRoot/../AkidaQuant.psd1").ProviderPath)
            $session.Invoke() | Should -BeExactly $true, $true, 'another'
        }
        finally {
            $session.Dispose()
        }
    }
}
