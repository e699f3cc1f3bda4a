BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $type = 'AkidaQuant.PowerShell.Commands.ConvertToAkidaCommand'
}

Describe 'ConvertTo-Akida' {
    It 'converts a quantized model' {
        $akida = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida
        $akida | Should -BeOfType 'AkidaQuant.AkidaModel'
        $akida.IpVersion | Should -Be 'V2'
        $akida.Layers.Count | Should -Be 10
        $akida.Layers[0].TypeName | Should -Be 'InputConv2D'
    }

    It 'converts to Akida 1.0' {
        $akida = Import-QuantModel "$keras/digits_lenet_akida1/quantized.h5" | ConvertTo-Akida -Version 1.0
        $akida.IpVersion | Should -Be 'V1'
        $akida.Layers[0].TypeName | Should -Be 'InputConvolutional'
    }

    It 'converts each model of the pipeline' {
        @(Import-QuantModel "$keras/conv_k3*/quantized.h5" | ConvertTo-Akida) | Should -HaveCount 6
    }

    It 'warns that it ignores -InputScaling' {
        $null = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida -InputScaling 255, 0 -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'InputScaling is ignored'
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'a float model'; File = 'digits_ds_cnn/float.h5'; Version = '2.0'; Id = 'AkidaModelNotQuantized'; Message = '*not quantized*' }
        @{ Case = 'layers that Akida lacks'; File = 'tutorial_1_params/quantized.h5'; Version = '2.0'; Id = 'AkidaPatternUnknown'; Message = '*' }
        @{ Case = 'an unsigned input without a convolution'; File = 'dense_only/quantized.h5'; Version = '2.0'; Id = 'AkidaInputUnsigned'; Message = '*uint8*' }
    ) {
        $model = Import-QuantModel "$keras/$File"
        { $model | ConvertTo-Akida -Version $Version -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
        { $model | ConvertTo-Akida -Version $Version -ErrorAction Stop } | Should -Throw $Message
    }

    It 'refuses for Akida 1.0 what only 2.0 has' {
        $model = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5"
        { $model | ConvertTo-Akida -Version 1.0 -ErrorAction Stop } | Should -Throw -ErrorId "Akida*,$type"
    }

    It 'refuses another version' {
        { Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida -Version 3.0 } | Should -Throw '*1.0*2.0*'
    }

    It 'is shown as a table' {
        $text = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida | Out-String -Width 120
        $text | Should -Match 'Name +Version +Layers +Input +InputType +Output +Macs'
        $text | Should -Match 'mnist_ds_cnn +2\.0 +10 +\(28, 28, 1\) +uint8 +\(1, 1, 10\)'
    }
}
