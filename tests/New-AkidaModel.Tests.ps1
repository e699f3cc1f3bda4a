BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.NewAkidaModelCommand'
    $conv = New-AkidaLayer Conv2D 4 3 -Name conv
    $akida = Import-QuantModel "$PSScriptRoot/vectors/keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida
    $samples = Import-SampleSet "$PSScriptRoot/vectors/keras/digits_ds_cnn/inputs.npz" -First 6
}

Describe 'New-AkidaModel' {
    It 'takes layers from the pipeline and as an argument' {
        $piped = $conv, (New-AkidaLayer Dense1D 3) | New-AkidaModel -InputShape 6, 6, 2 -Name net
        $given = New-AkidaModel $conv, (New-AkidaLayer Dense1D 3) -InputShape 6, 6, 2 -Name net
        foreach ($model in $piped, $given) {
            $model | Should -BeOfType ([AkidaQuant.AkidaModel])
            "$model" | Should -Be 'net (3 layers, Akida 2.0)'
            $model.Layers.Name | Should -Be 'input_data', 'conv', 'dense1d'
            "$($model.InputShape.ToString()) $($model.OutputShape.ToString()) $($model.Macs)" | Should -Be "(6, 6, 2) (1, 1, 3) $(6 * 6 * 9 * 2 * 4 + 144 * 3)"
        }
    }

    It 'adds the input that was asked for, and knows that of dense layers' {
        $first = (New-AkidaModel (New-AkidaLayer FullyConnected 1 -Variable @{ weights = 1, 1 }) -InputBits 2).Layers[0]
        "$($first.InputShape.ToString()) $($first.InputBits) $($first.InputSigned)" | Should -Be '(1, 1, 2) 2 False'
        $first = ($conv | New-AkidaModel -InputShape 6, 6, 2 -InputBits 16 -InputSigned $true).Layers[0]
        $first.InputBits, $first.InputSigned | Should -Be 16, $true
    }

    It 'makes of the layers of a model one that gives the same' {
        $copy = $akida.Layers | New-AkidaModel -Name copy
        $first = @($akida | Invoke-AkidaModel $samples -Potential | ForEach-Object { "$($_.Output)" })
        @($copy | Invoke-AkidaModel $samples -Potential | ForEach-Object { "$($_.Output)" }) | Should -Be $first
        $copy.IpVersion | Should -Be $akida.IpVersion
    }

    It 'says of each layer what it takes and gives' {
        $model = $conv, (New-AkidaLayer Dense1D 3 -Name dense -Variable @{ bias = 1, 2, 3 }) | New-AkidaModel -InputShape 6, 6, 2
        $row = $model.LayerDetails[2]
        $row.Name, $row.Type, "$($row.Inbounds)", $row.InputDims, $row.OutputDims | Should -Be 'dense', 'Dense1D', 'conv', '(6, 6, 4)', '(1, 1, 3)'
        $row.InputBits, $row.OutputBits, $row.OutputSigned, $row.Macs | Should -Be 8, 8, $true, 432
        "$($row.Variables) / $($row.Missing)" | Should -Be 'bias / weights'
        ($model.LayerDetails | Out-String) | Should -Match '(?s)Name +Type.*input_data.*InputData.*conv.*Conv2D'
    }

    It 'refuses to run without weights, and says which' {
        $model = $conv | New-AkidaModel -InputShape 6, 6, 2
        { $model | Invoke-AkidaModel (New-SampleSet -Shape 6, 6, 2 -Count 1 -InputType int8) -ErrorAction Stop } |
            Should -Throw "*Akida layer 'conv' (Conv2D): its variable 'weights' is not set. Set an int8 array of shape (3, 3, 2, 4).*"
        $model | Out-String | Should -Match 'model +2\.0 +2 +\(6, 6, 2\) +int8 '
    }

    It 'refuses <id>' -ForEach @(
        @{ id = 'LayerArgumentInvalid'; layers = { 'Conv2D' }; with = @{}; part = "was given the text 'Conv2D'" }
        @{ id = 'AkidaInputShapeMissing'; layers = { $conv }; with = @{}; part = 'Give -InputShape, such as 28, 28, 1' }
        @{ id = 'AkidaInputGiven'; layers = { New-AkidaLayer InputData 4, 4, 1 }; with = @{ InputShape = 4, 4, 1 }; part = 'so that none is added' }
        @{ id = 'AkidaInputBits'; layers = { New-AkidaLayer FullyConnected 2 }; with = @{ InputShape = 1, 1, 4; InputBits = 8 }; part = 'of 1, 2 or 4' }
        @{ id = 'AkidaLayerVersion'; layers = { $conv; New-AkidaLayer FullyConnected 2 }; with = @{ InputShape = 4, 4, 1 }; part = 'Akida 1.0 only' }
        @{ id = 'AkidaLayerNameTwice'; layers = { $conv; $conv }; with = @{ InputShape = 4, 4, 1 }; part = "'conv'" }
        @{ id = 'AkidaInboundCount'; layers = { $conv; New-AkidaLayer Add }; with = @{ InputShape = 4, 4, 1 }; part = '-Inbound' }
        @{ id = 'AkidaInboundMissing'; layers = { New-AkidaLayer Dense1D 2 -Inbound x }; with = @{ InputShape = 4, 4, 1 }; part = "'x'" }
    ) {
        $failure = { & $layers | New-AkidaModel @with -ErrorAction Stop } | Should -Throw -ErrorId "$id,$type" -PassThru
        "$failure" | Should -BeLike "*$part*"
    }
}
