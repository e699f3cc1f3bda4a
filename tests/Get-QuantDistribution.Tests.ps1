BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $model = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $type = 'AkidaQuant.PowerShell.Commands.GetQuantDistributionCommand'
}

Describe 'Get-QuantDistribution' {
    It 'gives the channels of quantized kernels' {
        $rows = @($quantized | Get-QuantDistribution)
        $first = $rows[0]
        $first.Channel | Should -Be 0
        $first.Count | Should -Be $first.Values.Count
        $first.Minimum | Should -BeGreaterOrEqual -128
        $first.Maximum | Should -BeLessOrEqual 127
        $first.Values[0] % 1 | Should -Be 0
        ($first.Histogram | Measure-Object Count -Sum).Sum | Should -Be $first.Count
    }

    It 'gives those of float kernels, batch normalization folded' {
        (Get-QuantDistribution $model).Kind | Should -Not -Contain 'BatchNormalization'
    }

    It 'gives one layer' {
        $layer = (Get-QuantDistribution $quantized)[-1].Layer
        $rows = Get-QuantDistribution $quantized $layer -BarCount 4
        @($rows | Where-Object Layer -ne $layer) | Should -HaveCount 0
        $rows[0].Histogram | Should -HaveCount 4
        $rows[0].Histogram[0].From | Should -Be $rows[0].Minimum
        $rows[0].Quantile(0.5) | Should -Be $rows[0].Median
    }

    It 'refuses layers without weights' {
        { Get-QuantDistribution $quantized none -ErrorAction Stop } | Should -Throw -ErrorId "LayerNotFound,$type"
        { Get-QuantDistribution $quantized dequantizer -ErrorAction Stop } | Should -Throw -ErrorId "WeightsMissing,$type"
    }

    It 'is shown as a table' {
        Get-QuantDistribution $quantized | Out-String -Width 200 | Should -Match 'Layer +Kind +Channel +Count +Minimum +LowerQuartile +Median +UpperQuartile +Maximum'
    }
}
