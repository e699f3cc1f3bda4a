BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $akida = Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_4_signed_time_series/quantized.h5" | ConvertTo-Akida
}

Describe 'Get-AkidaSummary' {
    It 'gives the layers' {
        $summary = $akida | Get-AkidaSummary
        $summary.Rows.Type | Should -Be 'Quantizer', 'InputData', 'Conv2D', 'DepthwiseConv2D', 'Conv2D', 'Dense1D', 'Dequantizer'
        $summary.LayerCount | Should -Be 7
        $summary.Rows[2].KernelShapes[0].ToString() | Should -Be '(3, 3, 2, 16)'
    }

    It 'gives one row a layer with -AsRow' {
        $rows = $akida | Get-AkidaSummary -AsRow
        $rows | Should -BeOfType ([AkidaQuant.Akida.AkidaSummaryRow])
        $rows.Model | Sort-Object -Unique | Should -BeExactly $akida.Name
        $convolution = $rows | Where-Object KernelShapes -EQ '(3, 3, 2, 16)'
        $convolution.Type | Should -BeExactly Conv2D
        $convolution.OutputShape | Should -BeExactly '(5, 13, 16)'
        $convolution.ConnectedTo | Should -BeExactly $rows[1].Name
        $convolution.Macs | Should -Be (5 * 13 * 16 * 3 * 3 * 2)
        $rows[-1].OutputBits | Should -BeNullOrEmpty
    }

    It 'is shown as its text' {
        $summary = $akida | Get-AkidaSummary
        $text = $summary.ToString()
        $text | Should -Match '(?m)^Input shape  Output shape  Sequences  Layers$'
        $text | Should -Match '(?m)^\[10, 25, 2\]  \[1, 1, 10\]    1          7 *$'
        $text | Should -Match '\(Conv2D\) +\[5, 13, 16\] +\(3, 3, 2, 16\)'
        ($summary | Out-String -Width 120).ReplaceLineEndings("`n").Trim() | Should -BeExactly $text.Trim()
    }

    It 'knows a model whose weights are not set' {
        $made = (New-AkidaLayer Conv2D -Name conv -Filters 4 -KernelSize 3), (New-AkidaLayer Dequantizer -Name out) |
            New-AkidaModel -InputShape 8, 8, 2
        "$($made | Get-AkidaSummary)" | Should -Match '(?m)^conv \(Conv2D\) +\[8, 8, 4\] +\(3, 3, 2, 4\) *$'
        ($made | Resolve-AkidaMapping TwoNodesIPv2).WeightBytes | Should -Be 72
        @($made | Test-AkidaModel -Device TwoNodesIPv2 | Where-Object Problem) | Should -HaveCount 0
    }
}
