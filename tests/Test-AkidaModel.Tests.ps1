BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $fine = New-QuantModel -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
        @{ Conv2D = @{ name = 'c1'; filters = 4; kernel_size = 3; padding = 'same' } }
        @{ ReLU = @{ name = 'r1' } }
        @{ Dropout = @{ name = 'drop'; rate = 0.5 } }
        @{ Flatten = @{ name = 'flat' } }
        @{ Dense = @{ name = 'd'; units = 3 } }
        @{ Softmax = @{ name = 's' } }
    )
    $broken = New-QuantModel -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
        @{ Conv2D = @{ name = 'c1'; filters = 4; kernel_size = 3; padding = 'same' } }
        @{ ReLU = @{ name = 'r1' } }
        @{ Conv2D = @{ name = 'c2'; filters = 4; kernel_size = 1, 3; padding = 'same' } }
        @{ ReLU = @{ name = 'r2' } }
        @{ SeparableConv2D = @{ name = 'sep'; filters = 4; kernel_size = 3; padding = 'same' } }
    )
}

Describe 'Test-AkidaModel' {
    It 'gives a row for each layer, with nothing wrong, and the shares that Akida takes' {
        $rows = $fine | Test-AkidaModel
        $rows | Should -BeOfType ([AkidaQuant.Repair.CompatibilityRow])
        $rows | Where-Object Problem | Should -BeNullOrEmpty
        ($rows | Where-Object Layer -EQ c1).AkidaLayer | Should -BeExactly 'c1 (InputConv2D)'
        ($rows | Where-Object Layer -EQ r1).AkidaLayer | Should -BeExactly 'c1 (InputConv2D)'
        ($rows | Where-Object Layer -EQ c1).Macs | Should -Be (8 * 8 * 3 * 3 * 3 * 4)
        ($rows | Where-Object Layer -EQ c1).Weights | Should -Be (3 * 3 * 3 * 4 + 4)
        ($rows | Where-Object Layer -EQ s).Runs | Should -BeExactly Float
        $rows[0].Summary | Should -Match 'Akida takes 100 % of the weights and 100 % of the multiplications, no problem$'
    }

    It 'gives all problems at once, each with what would do' {
        $rows = Test-AkidaModel $broken 2.0
        $refused = $rows | Where-Object Problem
        $refused.Layer | Should -Be c2, sep
        $refused.Rule | Should -Be AkidaKernelNotSquare, AkidaPatternUnknown
        $refused[0].Problem | Should -BeLike "*'c2'*1x3*"
        $refused.Remedy | Should -BeLike 'Repair-QuantModel*'
        ($rows | Where-Object Layer -EQ c1).Runs | Should -BeExactly Akida
        ($rows | Where-Object Layer -EQ r2).Runs | Should -BeExactly Refused
        $rows[0].Summary | Should -Match '2 problems$'
    }

    It 'says what ConvertTo-Akida says of the first problem' {
        $quantized = $broken | Invoke-Quantize -WarningAction Ignore
        $quantized | ConvertTo-Akida -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem | Should -HaveCount 1
        $first = ($quantized | Test-AkidaModel | Where-Object Problem)[0].Problem
        $problem[0].Exception.Message | Should -BeExactly "$first Test-AkidaModel lists all problems of the network with what solves them, such as Repair-QuantModel."
    }

    It 'judges a float model by its parameters' {
        $bits = New-QuantParameter -WeightBits 6
        $row = Test-AkidaModel $fine -Version 1.0 | Where-Object Rule -EQ AkidaV1ReluUnbounded
        $row.Layer | Should -BeExactly r1
        (Test-AkidaModel $broken -Parameter $bits | Where-Object Rule -Like '*AkidaWeightBits*').Remedy | Should -BeLike '*WeightBits*'
    }

    It 'says what the layers of an Akida model hold' {
        $akida = $fine | Invoke-Quantize -WarningAction Ignore | ConvertTo-Akida -WarningAction Ignore
        $rows = $akida | Test-AkidaModel
        $rows.Class | Should -Be InputConv2D, Dense1D, Dequantizer, Softmax
        $rows.Runs | Should -Be Akida, Akida, Akida, Float
        ($rows | Where-Object Layer -EQ d).Weights | Should -Be (256 * 3 + 3)
    }

    It 'holds a float, a quantized and an Akida model against a device' {
        $quantized = $fine | Invoke-Quantize -WarningAction Ignore
        $akida = $quantized | ConvertTo-Akida -WarningAction Ignore
        foreach ($model in $fine, $quantized, $akida) {
            $rows = $model | Test-AkidaModel -Device SixNodesIPv2
            $rows | Should -BeOfType ([AkidaQuant.Akida.Devices.HardwareRow])
            $rows.Type | Should -Be InputConv2D, Dense1D, Dequantizer
            $rows.Verdict | Should -Be Fits, Fits, Fits
        }
        $row = $akida | Test-AkidaModel -Device (New-AkidaDevice 2.0 1 -NoInputConvolution) | Where-Object Problem
        $row.Rule, $row.Found, $row.Limit | Should -BeExactly Hw2Hrc, '0', '1'
        ($akida | Test-AkidaModel -Device AKD1000).Rule | Should -Be Hw1LayerType, Hw1LayerType, Hw1LayerType
    }

    It 'gives what keeps a network from its conversion with what a device refuses' {
        $rows = $broken | Test-AkidaModel -Device SixNodesIPv2 | Where-Object Problem
        $rows.Rule | Should -Be AkidaKernelNotSquare, AkidaPatternUnknown
        ($fine | Test-AkidaModel -Device AKD1000 | Where-Object Rule -EQ AkidaV1ReluUnbounded).Remedy | Should -Not -BeNullOrEmpty
    }

    It 'judges of a network that is refused what lies in front of that' {
        $rows = Import-QuantModel "$PSScriptRoot/../examples/data/digits.h5" | Test-AkidaModel -Device AKD1000
        $refused = @($rows | Where-Object Problem).Layer
        $refused | Should -Contain 'gap'
        $rows.Layer | Should -Not -Contain 'classifier'
    }

    It 'refuses a version that is not that of the device' {
        { Test-AkidaModel $fine -Version 2.0 -Device AKD1000 } | Should -Throw -ErrorId 'DeviceVersion*'
        { Test-AkidaModel $fine -Device nothing } | Should -Throw -ErrorId 'DeviceUnknown*'
    }

    It 'refuses what is no model' {
        { Test-AkidaModel 5 } | Should -Throw -ErrorId 'ModelArgumentInvalid*'
    }

    It 'is shown as a table under what is said of the model' {
        $text = $broken | Test-AkidaModel | Out-String -Width 200
        $text | Should -Match '2 problems'
        $text | Should -Match '(?m)^c2 +QuantizedConv2D +Refused'
    }
}
