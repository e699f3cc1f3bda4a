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

    It 'gives one row a layer with -AsRow, and so for each model of the pipeline' {
        $one, $two = 'tutorial_1_params', 'residual_add' | ForEach-Object { Import-QuantModel "$keras/$_/quantized.h5" }
        $rows = $one, $two | Get-QuantSummary -AsRow
        $rows | Should -BeOfType ([AkidaQuant.SummaryRow])
        foreach ($model in $one, $two) {
            ($rows | Where-Object Model -EQ $model.Name).Name | Should -Be ($model | Get-QuantSummary).Rows.Name
        }
        ($rows | Where-Object Type -EQ QuantizedConv2D | Where-Object Model -EQ $one.Name).Name | Should -Be 'input_conv', 'pw_conv'
        ($one | Get-QuantSummary -AsRow:$false) | Should -BeOfType ([AkidaQuant.ModelSummary])
    }

    It 'has rows to filter' {
        $summary = Import-QuantModel "$keras/tutorial_1_params/quantized.h5" | Get-QuantSummary
        $summary.ParameterCount | Should -Be 1488
        $summary.TrainableCount | Should -Be 1482
        $summary.NonTrainableCount | Should -Be 6
        ($summary.Rows | Where-Object Type -eq 'QuantizedConv2D').Name | Should -Be 'input_conv', 'pw_conv'
    }
}
