BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $tutorial = "$PSScriptRoot/vectors/keras/tutorial_1_params"
    $model = Import-QuantModel "$tutorial/float.h5"
    $scheme = New-QuantParameter -InputWeightBits 16 -WeightBits 4 -ActivationBits 6 -OutputBits 12 -PerTensorActivations -BufferBits 24
    $json = [System.IO.File]::ReadAllText("$tutorial/config.json")
    $type = 'AkidaQuant.PowerShell.Commands.GetQuantConfigCommand'
}

Describe 'Get-QuantConfig' {
    It 'gives the configuration of a quantized model' {
        $config = Import-QuantModel "$tutorial/quantized.h5" | Get-QuantConfig
        $config | Should -BeOfType 'AkidaQuant.QuantConfig'
        $config.ToString() | Should -BeExactly $json
    }

    It 'gives what quantizing a float model would use' {
        (Get-QuantConfig $model -Parameter $scheme).ToString() | Should -BeExactly $json
    }

    It 'is edited like nested dictionaries' {
        $config = Get-QuantConfig $model -Parameter $scheme
        $config.relu.output_quantizer.bitwidth | Should -Be 6
        $config.relu.output_quantizer.bitwidth = 1
        $config['relu']['output_quantizer']['axis'] = 'per-axis'
        $null = $config.Remove('dw_conv')
        $config.Keys | Should -Be 'input_conv', 'pw_conv', 'relu', 'dense'
        $other = Get-QuantConfig $model -Parameter $scheme -Config $config
        $other.relu.output_quantizer.bitwidth | Should -Be 1
        $other.relu.output_quantizer.axis | Should -Be 'per-axis'
        $other.dw_conv.weight_quantizer.bitwidth | Should -Be 4
    }

    It 'leaves out what lies behind -Until' {
        $config = Get-QuantConfig $model -Until dw_conv
        $config.Keys | Should -Contain 'dw_conv'
        $config.Keys | Should -Not -Contain 'dense'
    }

    It 'refuses an unknown layer' {
        { Get-QuantConfig $model -Until head -ErrorAction Stop } | Should -Throw -ErrorId "UntilLayerUnknown,$type"
        { Get-QuantConfig $model -Config @{ head = @{} } -ErrorAction Stop } | Should -Throw -ErrorId "ConfigLayerUnknown,$type"
    }

    It 'is shown as its text' {
        $config = Get-QuantConfig $model -Parameter $scheme
        ($config | Out-String).Trim().ReplaceLineEndings("`n") | Should -BeExactly $json
        ($config.relu | Out-String) | Should -Match '"signed": false'
    }
}
