BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $tutorial = "$PSScriptRoot/vectors/keras/tutorial_1_params"
    $type = 'AkidaQuant.PowerShell.Commands.ImportQuantConfigCommand'
}

Describe 'Import-QuantConfig' {
    It 'reads JSON' {
        $config = Import-QuantConfig "$tutorial/config.json"
        $config | Should -BeOfType 'AkidaQuant.QuantConfig'
        $config.Keys | Should -Be 'input_conv', 'dw_conv', 'pw_conv', 'relu', 'dense'
        $config.dw_conv.weight_quantizer.axis | Should -Be -2
        $config.relu.output_quantizer.signed | Should -BeFalse
    }

    It 'reads YAML' {
        [System.IO.File]::WriteAllText("$TestDrive/a.yaml", "relu:`n  output_quantizer:`n    bitwidth: 4`n    signed: false`n    axis: per-tensor`n")
        $config = Import-QuantConfig "$TestDrive/a.yaml"
        $config.relu.output_quantizer.bitwidth | Should -Be 4
        $config.relu.output_quantizer.signed | Should -BeFalse
        $config.relu.output_quantizer.axis | Should -Be 'per-tensor'
    }

    It 'reads all files that a wildcard names, and files from the pipeline' {
        @(Import-QuantConfig "$tutorial/../tutorial_*/config.json") | Should -HaveCount 5
        @(Get-Item "$tutorial/config.json" | Import-QuantConfig) | Should -HaveCount 1
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'a missing file'; File = 'none.json'; Text = $null; Id = 'FileNotFound'; Named = 'none.json' }
        @{ Case = 'another format'; File = 'a.toml'; Text = 'x'; Id = 'ConfigFormatUnknown'; Named = 'a.toml' }
        @{ Case = 'broken JSON'; File = 'a.json'; Text = '{ "relu": '; Id = 'ConfigFileInvalid'; Named = 'a.json' }
        @{ Case = 'a list'; File = 'b.json'; Text = '[1, 2]'; Id = 'ConfigFileInvalid'; Named = 'b.json' }
        @{ Case = 'broken YAML'; File = 'a.yaml'; Text = "a: [1`n"; Id = 'ConfigFileInvalid'; Named = 'a.yaml' }
        @{ Case = 'a layer that is no dictionary'; File = 'c.json'; Text = '{ "relu": 4 }'; Id = 'ConfigEntryInvalid'; Named = 'relu*c.json' }
    ) {
        if ($null -ne $Text) {
            [System.IO.File]::WriteAllText("$TestDrive/$File", $Text)
        }
        { Import-QuantConfig "$TestDrive/$File" -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
        { Import-QuantConfig "$TestDrive/$File" -ErrorAction Stop } | Should -Throw "*$Named*"
    }
}
