BeforeDiscovery {
    $cases = 'tutorial_1_params', 'tutorial_3_float_input', 'tutorial_4_signed_time_series', 'residual_add'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
}

Describe 'Get-QuantSummary' {
    It 'gives the text of the reference for <_>' -TestCases $cases {
        foreach ($kind in 'float', 'quantized') {
            $summary = Import-QuantModel "$keras/$_/$kind.h5" | Get-QuantSummary
            $summary.ToString() | Should -BeExactly ([System.IO.File]::ReadAllText("$keras/$_/summary_$kind.txt"))
        }
    }

    It 'is shown as that text' {
        $shown = Import-QuantModel "$keras/tutorial_1_params/quantized.h5" | Get-QuantSummary | Out-String -Width 120
        $expected = [System.IO.File]::ReadAllText("$keras/tutorial_1_params/summary_quantized.txt")
        $shown.ReplaceLineEndings("`n").Trim() | Should -BeExactly $expected.Trim()
    }

    It 'has rows to filter' {
        $summary = Import-QuantModel "$keras/tutorial_1_params/quantized.h5" | Get-QuantSummary
        $summary.ParameterCount | Should -Be 1488
        $summary.TrainableCount | Should -Be 1482
        $summary.NonTrainableCount | Should -Be 6
        ($summary.Rows | Where-Object Type -eq 'QuantizedConv2D').Name | Should -Be 'input_conv', 'pw_conv'
    }
}
